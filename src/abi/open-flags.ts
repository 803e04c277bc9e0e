/** Flags of open(2). Source: include/uapi/asm-generic/fcntl.h. */
export const O = { accmode: 3, rdonly: 0, wronly: 1, rdwr: 2 } as const;

/** Types in `st_mode`. Source: include/uapi/linux/stat.h. */
export const S_IF = { directory: 0o040000, symlink: 0o120000, regular: 0o100000 } as const;
