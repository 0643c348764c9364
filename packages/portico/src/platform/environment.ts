/** The variables of this process. */
export const processEnvironment = (): Readonly<Record<string, string | undefined>> => ({ ...process.env });
