package io.github.keywharf.postgres.internal.copy;

/** Looks at UTF-8 without making text of it. */
final class Utf8 {

    private Utf8() {}

    /** Where, counted from {@code offset}, the first byte is that PostgreSQL's text would not take; -1 when all is well. */
    static int firstProblem(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int i = offset;
        while (i < end) {
            int lead = bytes[i];
            if (lead > 0) {
                i++;
                continue;
            }
            int size = size(lead & 0xff);
            if (size == 0 || size > end - i || !continued(bytes, i, size)) {
                return i - offset;
            }
            i += size;
        }
        return -1;
    }

    private static int size(int lead) {
        if (lead >= 0xc2 && lead <= 0xdf) {
            return 2;
        }
        return lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
    }

    private static boolean continued(byte[] bytes, int at, int size) {
        for (int k = 1; k < size; k++) {
            if ((bytes[at + k] & 0xc0) != 0x80) {
                return false;
            }
        }
        int second = bytes[at + 1] & 0xff;
        return switch (bytes[at] & 0xff) {
            case 0xe0 -> second >= 0xa0;
            case 0xed -> second <= 0x9f;
            case 0xf0 -> second >= 0x90;
            case 0xf4 -> second <= 0x8f;
            default -> true;
        };
    }

    /** How many characters there are: bytes that do not continue one. */
    static int characters(byte[] bytes, int offset, int length) {
        int count = 0;
        for (int i = offset; i < offset + length; i++) {
            count += (bytes[i] & 0xc0) != 0x80 ? 1 : 0;
        }
        return count;
    }
}
