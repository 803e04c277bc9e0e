// The same filesystem as reference.c, as little JavaScript as can serve it: it shows what dev-fuse could reach if it did no more than C does. It
// keeps no nodes, no open files and no callers. What it answers is in buffers that are ready before the first request.
//
//   node reference.mjs MNT
//
// In the foreground, until it is unmounted or killed.
import { spawnSync } from 'node:child_process';
import { openSync, readSync, writeSync } from 'node:fs';
import { FOPEN, FUSE_ATTR, FUSE_ATTR_OUT, FUSE_ENTRY_OUT, FUSE_IN_HEADER, FUSE_INIT_IN, FUSE_INIT_OUT, FUSE_OPCODE, FUSE_OPEN_OUT, FUSE_OUT_HEADER, FUSE_READ_IN, FUSE_ROOT_ID, FUSE_WRITE_IN, FUSE_WRITE_OUT } from '../../src/abi/fuse-protocol.ts';
import { negotiate, REQUEST_BUFFER } from '../../src/fuse/dev-fuse/negotiate.ts';

const [LOWEST, HIGHEST] = [0, 200];
const REMEMBERED = 3600;
const [ENOENT, EINVAL, ENOSYS] = [-2, -22, -38];
const NEWLINE = 10;

/** Ids of the nodes: the directories, each within the one before, and the file. */
const NAMES = ['proc', 'sys', 'vm', 'swappiness'];
const FILE = FUSE_ROOT_ID + NAMES.length;

const request = new Uint8Array(REQUEST_BUFFER);
const received = new DataView(request.buffer);
const reply = new Uint8Array(4096);
const sent = new DataView(reply.buffer);
const BODY = FUSE_OUT_HEADER.size;
let value = 60;

function put(base, [at, type], number) {
  if (type === 'u64') sent.setBigUint64(base + at, BigInt(number), true);
  else if (type === 'u16') sent.setUint16(base + at, number, true);
  else sent.setUint32(base + at, number, true);
}

function putAttributes(base, id) {
  const { ino, mode, nlink } = FUSE_ATTR.fields;
  put(base, ino, id);
  put(base, mode, id < FILE ? 0o040555 : 0o100644);
  put(base, nlink, id < FILE ? 2 : 1);
}

function lookup(parent, length) {
  const id = parent + 1;
  const name = Buffer.from(request.buffer, FUSE_IN_HEADER.size, length - FUSE_IN_HEADER.size - 1).toString();
  if (name !== NAMES[parent - FUSE_ROOT_ID]) return ENOENT;
  const { nodeid, entry_valid, attr_valid } = FUSE_ENTRY_OUT.fields;
  put(BODY, nodeid, id);
  put(BODY, entry_valid, REMEMBERED);
  put(BODY, attr_valid, REMEMBERED);
  putAttributes(BODY + FUSE_ENTRY_OUT.size - FUSE_ATTR.size, id);
  return FUSE_ENTRY_OUT.size;
}

function getattr(id) {
  put(BODY, FUSE_ATTR_OUT.fields.attr_valid, REMEMBERED);
  putAttributes(BODY + FUSE_ATTR_OUT.size - FUSE_ATTR.size, id);
  return FUSE_ATTR_OUT.size;
}

function init() {
  const field = (name) => received.getUint32(FUSE_IN_HEADER.size + FUSE_INIT_IN.fields[name][0], true);
  const terms = negotiate({ major: field('major'), minor: field('minor'), maxReadahead: field('max_readahead'), flags: field('flags') });
  for (const [name, number] of Object.entries(terms)) put(BODY, FUSE_INIT_OUT.fields[name], number);
  return FUSE_INIT_OUT.size;
}

function open() {
  sent.setUint32(BODY + FUSE_OPEN_OUT.fields.open_flags[0], FOPEN.DIRECT_IO, true);
  return FUSE_OPEN_OUT.size;
}

function read() {
  if (received.getUint32(FUSE_IN_HEADER.size + FUSE_READ_IN.fields.offset[0], true) !== 0) return 0;
  const text = String(value);
  for (let index = 0; index < text.length; index += 1) reply[BODY + index] = text.charCodeAt(index);
  reply[BODY + text.length] = NEWLINE;
  return text.length + 1;
}

function write() {
  const { offset, size } = FUSE_WRITE_IN.fields;
  const length = received.getUint32(FUSE_IN_HEADER.size + size[0], true);
  sent.setUint32(BODY + FUSE_WRITE_OUT.fields.size[0], length, true);
  if (received.getUint32(FUSE_IN_HEADER.size + offset[0], true) !== 0) return FUSE_WRITE_OUT.size;
  let number = 0;
  for (let at = 0; at < length; at += 1) {
    const digit = (request[FUSE_IN_HEADER.size + FUSE_WRITE_IN.size + at] ?? 0) - 0x30;
    if (digit === NEWLINE - 0x30 && at > 0) break;
    if (digit < 0 || digit > 9) return EINVAL;
    number = number * 10 + digit;
  }
  if (number < LOWEST || number > HIGHEST) return EINVAL;
  value = number;
  return FUSE_WRITE_OUT.size;
}

/** Answers a request: how many bytes of a reply there are, a negative errno, or undefined for no reply. */
function answer(opcode, node, length) {
  switch (opcode) {
    case FUSE_OPCODE.READ: return read();
    case FUSE_OPCODE.WRITE: return write();
    case FUSE_OPCODE.OPEN: return open();
    case FUSE_OPCODE.RELEASE: return 0;
    case FUSE_OPCODE.LOOKUP: return lookup(node, length);
    case FUSE_OPCODE.GETATTR: return getattr(node);
    case FUSE_OPCODE.INIT: return init();
    case FUSE_OPCODE.FORGET: case FUSE_OPCODE.BATCH_FORGET: case FUSE_OPCODE.INTERRUPT: return undefined;
    default: return ENOSYS;
  }
}

function serveNext(descriptor) {
  const length = readSync(descriptor, request, 0, REQUEST_BUFFER, null);
  const { opcode, unique, nodeid } = FUSE_IN_HEADER.fields;
  const { len, error, unique: repeated } = FUSE_OUT_HEADER.fields;
  reply.fill(0, BODY, BODY + FUSE_ENTRY_OUT.size);
  const result = answer(received.getUint32(opcode[0], true), received.getUint32(nodeid[0], true), length);
  if (result === undefined) return;
  const bytes = BODY + Math.max(0, result);
  sent.setUint32(len[0], bytes, true);
  sent.setInt32(error[0], Math.min(0, result), true);
  sent.setUint32(repeated[0], received.getUint32(unique[0], true), true);
  sent.setUint32(repeated[0] + 4, received.getUint32(unique[0] + 4, true), true);
  writeSync(descriptor, reply, 0, bytes);
}

const descriptor = openSync('/dev/fuse', 'r+');
const options = 'default_permissions,fd=3,rootmode=40000,user_id=0,group_id=0';
const { status } = spawnSync('mount', ['-i', '-t', 'fuse.reference', '-o', options, '--', 'reference', process.argv[2]], { stdio: ['ignore', 'ignore', 'inherit', descriptor] });
if (status !== 0) process.exit(1);
writeSync(1, 'ready\n');
try {
  for (;;) serveNext(descriptor);
} catch (error) {
  // Unmounted.
  if (error.code !== 'ENODEV') throw error;
}
