/** The variables of this process. */
export const processEnvironment = (): NodeJS.ProcessEnv => process.env;
