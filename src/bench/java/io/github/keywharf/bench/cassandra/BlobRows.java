package io.github.keywharf.bench.cassandra;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parts of documents, eight of each one after the other, of 1 to 4 KiB as Base64, with 32 bytes in hexadecimal digits. */
record BlobRows() implements LoadData {
    private static final int PARTS = 8;
    private static final int LEAST = 1 << 10;
    private static final int MOST = 1 << 12;
    private static final int DIGEST = 32;

    @Override
    public String name() {
        return "blobs";
    }

    @Override
    public String columns() {
        return "document int, part int, length int, digest blob, content blob, PRIMARY KEY (document, part)";
    }

    /** Bytes that do not shrink when the server compresses them. */
    private static byte[] bytes(int i, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length + Long.BYTES);
        long state = LoadData.mixed(i);
        while (bytes.position() < length) {
            state += 0x9E3779B97F4A7C15L;
            long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
            bytes.putLong(mixed ^ (mixed >>> 27));
        }
        return java.util.Arrays.copyOf(bytes.array(), length);
    }

    @Override
    public Map<String, Object> row(int i, int rows) {
        int length = LEAST + (int) ((LoadData.mixed(i) >>> 33) % (MOST - LEAST + 1));
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("document", i / PARTS);
        row.put("part", i % PARTS);
        row.put("length", length);
        row.put("digest", bytes(-i - 2, DIGEST));
        row.put("content", bytes(i, length));
        return row;
    }

    @Override
    public int number(JsonNode row, int rows) {
        return row.get("document").intValue() * PARTS + row.get("part").intValue();
    }

    @Override
    public List<String> totals() {
        return List.of("length", "digest", "content");
    }
}
