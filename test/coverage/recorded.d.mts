/** What the URLs of the compiled program begin with. */
export const DIST_URL: string;
/** How the names of the files end that record-children.ts leaves. */
export const RECORDED: string;
