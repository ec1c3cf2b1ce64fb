package io.github.keywharf.salesforce;

import io.github.keywharf.internal.Sha256;
import io.github.keywharf.table.Origin;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.Rows;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;

/**
 * The rows of one ingest job, as a file of CSV, with what is needed to find a row again in the job's results: for each row a
 * hash of its content, where it is in the file, and where it came from.
 */
final class SalesforceChunk {
    /** The most rows of a job, a million: each takes some 30 bytes of memory until the job has ended. */
    static final int MAX_ROWS = 1_000_000;

    private static final int END_OF_FIELD = 0x1f;

    /** Rows from an ordinal on are rows of these origins from an index on. */
    private record Run(int ordinal, Origins origins, int row) {}

    private final Path file;
    private final OutputStream out;
    private final MessageDigest digest = Sha256.digest();
    private final MessageDigest rowDigest = Sha256.digest();
    private final List<Run> runs = new ArrayList<>();
    private final byte[] header;
    private long[] hashes = new long[1_024];
    private long[] ends = new long[1_024];
    private int rows;
    private long bytes;

    private SalesforceChunk(Path file, byte[] header) throws IOException {
        this.file = file;
        this.header = header;
        this.out = new BufferedOutputStream(Files.newOutputStream(file), 64 * 1024);
        write(header);
    }

    static SalesforceChunk create(Path file, List<String> fields) {
        try {
            return new SalesforceChunk(file, line(fields.toArray(String[]::new)));
        } catch (IOException e) {
            throw SalesforceBulkDownload.unusable(file, e);
        }
    }

    /** A line of CSV with its end. */
    static byte[] line(String[] texts) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < texts.length; i++) {
            if (i > 0) {
                line.append(',');
            }
            String text = texts[i];
            boolean quoted = text.isEmpty() && texts.length == 1;
            for (int c = 0; c < text.length() && !quoted; c++) {
                char character = text.charAt(c);
                quoted = character == ',' || character == '"' || character == '\n' || character == '\r';
            }
            // A blank at either end is kept by quotes alone.
            quoted |= !text.isEmpty() && (text.charAt(0) <= ' ' || text.charAt(text.length() - 1) <= ' ');
            if (quoted) {
                line.append('"').append(text.replace("\"", "\"\"")).append('"');
            } else {
                line.append(text);
            }
        }
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private void write(byte[] line) throws IOException {
        out.write(line);
        digest.update(line);
        bytes += line.length;
    }

    Path file() {
        return file;
    }

    int rows() {
        return rows;
    }

    long bytes() {
        return bytes;
    }

    boolean hasRoom(byte[] line, long most) {
        return rows == 0 || (rows < MAX_ROWS && bytes + line.length <= most);
    }

    void add(byte[] line, String[] texts, Origins origins, int row) {
        add(line, hash(texts), origins, row);
    }

    private void add(byte[] line, long hash, Origins origins, int row) {
        try {
            write(line);
        } catch (IOException e) {
            throw SalesforceBulkDownload.unusable(file, e);
        }
        if (rows == hashes.length) {
            hashes = Arrays.copyOf(hashes, rows * 2);
            ends = Arrays.copyOf(ends, rows * 2);
        }
        Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        if (last == null || !last.origins().equals(origins) || row != last.row() + rows - last.ordinal()) {
            runs.add(new Run(rows, origins, row));
        }
        hashes[rows] = hash;
        ends[rows++] = bytes;
    }

    /** Ends the file; the digest of its content. */
    String finish() {
        try {
            out.close();
        } catch (IOException e) {
            throw SalesforceBulkDownload.unusable(file, e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Closes and deletes the file. */
    void discard() {
        try (out) {
            SalesforceBulkDownload.delete(file);
        } catch (IOException e) {
            // What was not written is not wanted any more.
        }
    }

    /** Where a row came from. */
    Origin origin(int ordinal) {
        int low = 0;
        int high = runs.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (runs.get(middle).ordinal() <= ordinal) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Run run = runs.get(low);
        return run.origins().of(run.row() + ordinal - run.ordinal());
    }

    /** Which rows these are, for messages. */
    String described() {
        return rows == 0 ? "no rows" : rows + " rows, " + origin(0) + " to " + origin(rows - 1);
    }

    /** These rows of this chunk as one of their own. */
    SalesforceChunk subset(BitSet ordinals, Path target) {
        try (RandomAccessFile from = new RandomAccessFile(file.toFile(), "r")) {
            SalesforceChunk subset = new SalesforceChunk(target, header);
            for (int i = ordinals.nextSetBit(0); i >= 0; i = ordinals.nextSetBit(i + 1)) {
                long begin = i == 0 ? header.length : ends[i - 1];
                byte[] line = new byte[(int) (ends[i] - begin)];
                from.seek(begin);
                from.readFully(line);
                Origin origin = origin(i);
                subset.add(line, hashes[i], Origins.consecutive(origin.source(), origin.position(), 1), 0);
            }
            return subset;
        } catch (IOException e) {
            throw SalesforceBulkDownload.unusable(file, e);
        }
    }

    /** These rows of this chunk as they were sent, every column text. */
    Rows rows(BitSet ordinals, Path target, String subject) {
        SalesforceChunk subset = subset(ordinals, target);
        subset.finish();
        return SalesforceBulkCsv.texts(target, subject);
    }

    /**
     * A hash of a row's texts. How null is written, blanks at the ends and carriage returns do not count, as a server may not
     * repeat them; rows that differ in them alone are equal for Salesforce too.
     */
    long hash(String[] texts) {
        for (String text : texts) {
            String kept = text.equals(SalesforceSinkValues.NULL)
                    ? ""
                    : text.replace("\r", "").strip();
            rowDigest.update(kept.getBytes(StandardCharsets.UTF_8));
            rowDigest.update((byte) END_OF_FIELD);
        }
        return ByteBuffer.wrap(rowDigest.digest()).getLong();
    }

    /** Finds the rows of results. */
    Matcher matcher() {
        return new Matcher();
    }

    /** Gives each row once; of rows with the same content any that was not given before. */
    final class Matcher {
        private final int[] heads;
        private final int[] following = new int[rows];
        private final int mask;

        Matcher() {
            int size = Integer.highestOneBit(Math.max(2, rows)) * 4;
            heads = new int[size];
            mask = size - 1;
            Arrays.fill(heads, -1);
            // From the last to the first, so that equal rows are given in their order.
            for (int i = rows - 1; i >= 0; i--) {
                int slot = slot(hashes[i]);
                following[i] = heads[slot];
                heads[slot] = i;
            }
        }

        private int slot(long hash) {
            return (int) (hash ^ (hash >>> 32)) & mask;
        }

        /** The ordinal of a row with these texts, or -1. */
        int take(String[] texts) {
            long hash = hash(texts);
            int slot = slot(hash);
            int before = -1;
            for (int i = heads[slot]; i >= 0; before = i, i = following[i]) {
                if (hashes[i] == hash) {
                    if (before < 0) {
                        heads[slot] = following[i];
                    } else {
                        following[before] = following[i];
                    }
                    return i;
                }
            }
            return -1;
        }
    }
}
