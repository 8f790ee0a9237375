// Where the app finds Pyodide once it is built; here only for the types.
export { loadPyodide } from "pyodide";
