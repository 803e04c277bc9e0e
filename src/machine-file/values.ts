import { PAGE_TYPE_NAMES, type PageTypeName } from '../kernel/memory/page-type-names.ts';
import { PAGE_TYPES } from '../kernel/memory/page-types.ts';
import { LEAST_MEMORY, MAX_ORDER, MOST_MEMORY, PAGE_SIZE } from '../kernel/memory/sizes.ts';
import { parseSize, writeSize } from '../language/sizes.ts';
import { number, type Value } from '../language/value.ts';
import { pageTypeOf } from '../language/values.ts';
import { isBad, list, show } from '../language/words.ts';

/** What messages say a machine can have. */
export const MEMORY_RANGE = `${writeSize(LEAST_MEMORY)} to ${writeSize(MOST_MEMORY)}`;

/** How much RAM a machine has, in bytes. */
export const memorySize: Value<number> = {
  shows: 'SIZE',
  parse(text) {
    const bytes = parseSize(text);
    if (bytes !== undefined && bytes >= LEAST_MEMORY && bytes <= MOST_MEMORY) return bytes;
    return { bad: `bad memory ${show(text)}, it is ${MEMORY_RANGE}, such as 32G` };
  },
};

/** Any page type. */
export const pageType = pageTypeOf(PAGE_TYPE_NAMES, `it is ${list(PAGE_TYPE_NAMES, 'or')}`);

/** A page type that pages of RAM can have. */
export const typeInRam: Value<PageTypeName> = {
  ...pageType,
  parse(text, raw) {
    const type = pageType.parse(text, raw);
    if (isBad(type) || isInRam(type)) return type;
    return { bad: `pages of type '${type}' are not RAM, say where they are: page pfn=P-Q type=${type}` };
  },
};

function isInRam(type: PageTypeName): boolean {
  return (PAGE_TYPES[type].section ?? 'online') === 'online';
}

const MOST_PAGES = MOST_MEMORY / PAGE_SIZE;

export const pages = number('pages', 'N', { min: 1, max: MOST_PAGES });
export const order = number('order', 'N', { min: 0, max: MAX_ORDER });

/** Memory in whole pages, as their number. */
export const sizeInPages: Value<number> = {
  shows: 'SIZE',
  parse(text) {
    const bytes = parseSize(text);
    if (bytes !== undefined && bytes > 0 && bytes <= MOST_MEMORY) return Math.ceil(bytes / PAGE_SIZE);
    return { bad: `bad size ${show(text)}, it is up to ${writeSize(MOST_MEMORY)}, such as 512M` };
  },
};

/** A part of RAM, as a fraction. */
export const share: Value<number> = {
  shows: 'P%',
  parse(text) {
    const [, digits] = /^(\d{1,3}(?:\.\d{1,9})?)%$/.exec(text) ?? [];
    const percent = Number(digits);
    if (percent > 0 && percent <= 100) return percent / 100;
    return { bad: `bad share ${show(text)}, it is a part of RAM, such as 12.5%` };
  },
};
