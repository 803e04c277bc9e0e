/** An error whose message is for the user: one line that says what is wrong, and what would be right. The command line prints it and fails. */
export class PlainError extends Error {}
