/** The variables of this process. */
export const processEnvironment = (): NodeJS.ProcessEnv => process.env;

/** The Node that runs this, for programs that come with Portico. */
export const thisNode = (): string => process.execPath;
