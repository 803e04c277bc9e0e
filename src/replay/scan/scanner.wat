;; Looks for fingerprints in bytes, 32 at a time, all fingerprints at once. needles.ts says what a fingerprint is. needle-finder.ts fills the
;; tables and calls $find.
;;
;; This is a reduced form of the shuffle of Hyperscan's "Teddy". The fingerprints are in at most eight groups, one for each bit of a byte. For
;; each of the four bytes of a fingerprint there is a table. It gives the groups that a byte may belong to, by the lower half of the byte. Where
;; one group is possible for four bytes in a row, a hash decides whether they are a fingerprint.
;;
;; A fingerprint is found only at every other place: an even distance from where the search began. So the bytes are separated into those at even
;; and those at odd places, and a pair of them costs as much as a single byte would.
(module
  (memory (export "memory") 1)

  ;; The memory: constants, four tables of 16 bytes, a role for each hash, and the bytes that are searched. $find has some of these numbers as
  ;; literals: V8 loads a global again at each use.
  (global $constants i32 (i32.const 16))
  (global $tables (export "tables") i32 (i32.const 64))
  (global (export "roles") i32 (i32.const 4096))
  (global (export "searched") i32 (i32.const 8192))

  ;; How far reads that begin before the end go beyond it: a block, and the second half of a fingerprint. Zeros must be there.
  (global (export "padding") i32 (i32.const 36))

  ;; The roles of four bytes, as bits: a whole fingerprint, the first half of one, the second half. Shifted by one, the second is the third.
  (global (export "whole") i32 (i32.const 1))
  (global (export "begins") i32 (i32.const 2))
  (global (export "ends") i32 (i32.const 4))

  ;; More results of $find: the newlines that it passed, and whether a byte beyond ASCII was seen, perhaps a little further on (not 0).
  (global $newlines (export "newlines") (mut i32) (i32.const 0))
  (global $high (export "high") (mut i32) (i32.const 0))

  ;; Constant vectors. V8 builds a v128.const again at each use, but a vector that was loaded stays in a register.
  (data (i32.const 16) "\0f\00\0f\00\0f\00\0f\00\0f\00\0f\00\0f\00\0f\00") ;; the lower halves of bytes at even places
  (data (i32.const 32) "\0f\0f\0f\0f\0f\0f\0f\0f\0f\0f\0f\0f\0f\0f\0f\0f") ;; the lower halves of all bytes
  (data (i32.const 48) "\0a\0a\0a\0a\0a\0a\0a\0a\0a\0a\0a\0a\0a\0a\0a\0a") ;; newlines

  ;; The hash of four bytes, 0 to 4095: the upper bits of a product with 0x9e3779b1, which spreads them (Knuth's multiplicative method). $find
  ;; has the same two instructions inside. V8 moves all vectors out of their registers for a call.
  (func (export "hash") (param $word i32) (result i32)
    (i32.shr_u (i32.mul (local.get $word) (i32.const 0x9e3779b1)) (i32.const 20)))

  ;; 1 if the byte at a place is a newline, else 0.
  (func $isNewline (param $place i32) (result i32)
    (i32.eq (i32.load8_u (local.get $place)) (i32.const 10)))

  ;; The first place from $from on where a fingerprint may be; or a number not below $end, if there is none before it. Sets $newlines to the
  ;; number of newlines between $from and that place.
  (func $find (export "find") (param $from i32) (param $end i32) (result i32)
    (local $evenLowerHalves v128) (local $lowerHalves v128) (local $lineFeeds v128) ;; the constants
    (local $table0 v128) (local $table1 v128) (local $table2 v128) (local $table3 v128)
    (local $first v128) (local $second v128)   ;; the 32 bytes of a block
    (local $even v128) (local $odd v128)       ;; the lower halves of its bytes at even places, and of those at odd places
    (local $begun v128)                        ;; for each pair of bytes: the groups that it may begin a fingerprint of
    (local $begunBefore v128)                  ;; the same for the block before
    (local $hits v128)                         ;; for each pair of bytes: the groups that it and the pair before it fit
    (local $seen v128)                         ;; all bytes so far, joined by `or`
    (local $lines i32)                         ;; a bit for each byte of the block: whether it is a newline
    (local $count i32)                         ;; the newlines before the block
    (local $mask i32)                          ;; a bit for each pair: whether it is a hit that was not examined
    (local $pair i32)                          ;; the distance of a hit's pair from the beginning of the block, in bytes
    (local $place i32)                         ;; where the fingerprint of a hit begins
    (local $role i32) (local $nextRole i32)    ;; what its first four bytes may be, and the next four

    (local.set $evenLowerHalves (v128.load (global.get $constants)))
    (local.set $lowerHalves (v128.load offset=16 (global.get $constants)))
    (local.set $lineFeeds (v128.load offset=32 (global.get $constants)))
    (local.set $table0 (v128.load (global.get $tables)))
    (local.set $table1 (v128.load offset=16 (global.get $tables)))
    (local.set $table2 (v128.load offset=32 (global.get $tables)))
    (local.set $table3 (v128.load offset=48 (global.get $tables)))

    (block $none (block $found
      (loop $nextBlock
        (br_if $none (i32.ge_u (local.get $from) (local.get $end)))
        (local.set $first (v128.load align=1 (local.get $from)))
        (local.set $second (v128.load offset=16 align=1 (local.get $from)))

        ;; Bytes beyond ASCII have the highest bit. It stays in $seen.
        (local.set $seen (v128.or (local.get $seen) (v128.or (local.get $first) (local.get $second))))

        (local.set $lines
          (i32.or
            (i8x16.bitmask (i8x16.eq (local.get $first) (local.get $lineFeeds)))
            (i32.shl (i8x16.bitmask (i8x16.eq (local.get $second) (local.get $lineFeeds))) (i32.const 16))))

        ;; Separate even and odd places. A pair of bytes is a number of 16 bits, whose lower byte is at the even place.
        (local.set $even
          (i8x16.narrow_i16x8_u
            (v128.and (local.get $first) (local.get $evenLowerHalves))
            (v128.and (local.get $second) (local.get $evenLowerHalves))))
        (local.set $odd
          (v128.and
            (i8x16.narrow_i16x8_u (i16x8.shr_u (local.get $first) (i32.const 8)) (i16x8.shr_u (local.get $second) (i32.const 8)))
            (local.get $lowerHalves)))

        ;; Look each half up in the tables: the groups of each pair as the first two bytes of a fingerprint.
        (local.set $begun
          (v128.and
            (i8x16.swizzle (local.get $table0) (local.get $even))
            (i8x16.swizzle (local.get $table1) (local.get $odd))))

        ;; The groups of each pair as the last two bytes, and of the pair before it as the first two. The shuffle moves all pairs by one, and
        ;; takes the first from the block before.
        (local.set $hits
          (v128.and
            (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 (local.get $begunBefore) (local.get $begun))
            (v128.and
              (i8x16.swizzle (local.get $table2) (local.get $even))
              (i8x16.swizzle (local.get $table3) (local.get $odd)))))
        (local.set $begunBefore (local.get $begun))

        (if (v128.any_true (local.get $hits))
          (then
            (local.set $mask (i8x16.bitmask (i8x16.ne (local.get $hits) (v128.const i64x2 0 0))))
            (loop $nextHit
              (local.set $pair (i32.shl (i32.ctz (local.get $mask)) (i32.const 1)))
              (local.set $place (i32.sub (i32.add (local.get $from) (local.get $pair)) (i32.const 2)))

              ;; The possible roles of the first four bytes, and those of the next four, by their hashes. The roles lie at 4096.
              (local.set $role
                (i32.load8_u offset=4096 (i32.shr_u (i32.mul (i32.load align=1 (local.get $place)) (i32.const 0x9e3779b1)) (i32.const 20))))
              (local.set $nextRole
                (i32.load8_u offset=4096 (i32.shr_u (i32.mul (i32.load offset=4 align=1 (local.get $place)) (i32.const 0x9e3779b1)) (i32.const 20))))

              ;; Leave at a whole fingerprint (1), and at the two halves of one: the first begins it (2), the second ends it (4).
              (br_if $found
                (i32.or
                  (i32.and (local.get $role) (i32.const 1))
                  (i32.and (i32.and (i32.shl (local.get $role) (i32.const 1)) (local.get $nextRole)) (i32.const 4))))

              ;; Clear the lowest bit, which was this hit.
              (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
              (br_if $nextHit (local.get $mask)))))

        (local.set $count (i32.add (local.get $count) (i32.popcnt (local.get $lines))))
        (local.set $from (i32.add (local.get $from) (i32.const 32)))
        (br $nextBlock)))

      ;; Found: count the newlines of the block before the pair, without those in the pair before it, where the fingerprint begins. That pair may
      ;; be in the block before, whose newlines were counted.
      (local.set $count
        (i32.add
          (local.get $count)
          (i32.popcnt (i32.and (local.get $lines) (i32.sub (i32.shl (i32.const 1) (local.get $pair)) (i32.const 1))))))
      (local.set $count (i32.sub (local.get $count) (call $isNewline (local.get $place))))
      (local.set $count (i32.sub (local.get $count) (call $isNewline (i32.add (local.get $place) (i32.const 1)))))
      (local.set $from (local.get $place)))

    (global.set $newlines (local.get $count))
    (global.set $high (i8x16.bitmask (local.get $seen)))
    (local.get $from)))
