/** Names the Python that is built in, and what of it is kept at a start; the build fills it in. */
declare const PYTHON_BUILD: string;
/** Where Python finds the one library of ours that is compiled; the build fills it in. */
declare const COMPILED: string;
