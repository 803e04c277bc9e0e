// Apart from the tools: the command line lists the names before it loads what they name.
/** The programs that apply sysctl.d files, as `--like` names them; the first is the default. */
export const TOOL_NAMES = ['systemd', 'procps'] as const;
export type ToolName = (typeof TOOL_NAMES)[number];
