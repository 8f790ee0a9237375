/** Names the Python that is built in, and what of it is kept at a start; the build fills it in. */
declare const PYTHON_BUILD: string;
