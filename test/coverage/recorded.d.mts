/** The beginning of the URLs of the compiled program. */
export const DIST_URL: string;
/** The ending of the names of files that record-children.ts leaves. */
export const RECORDED: string;
