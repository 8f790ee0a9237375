// Where the app finds what Pyodide is made of once it is built; here only for the types.
export default function createPyodideModule(settings: object): Promise<any>;
