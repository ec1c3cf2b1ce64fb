package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.Batches;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every value that a footer or a page's header states, set to each of its extremes: the rows are right or the file is
 * refused with a code, and neither takes memory for what is stated.
 */
@Timeout(120)
class ParquetSizesTest {

    private static final long MOST_BYTES = 64L << 20;

    /** Values that say what the others mean; with another one, rows can be other rows and no reader can know. */
    private static final Set<String> MEANINGS = Set.of(
            "type",
            "type_length",
            "repetition_type",
            "name",
            "num_children",
            "converted_type",
            "scale",
            "precision",
            "logicalType",
            "encoding",
            "definition_level_encoding",
            "repetition_level_encoding",
            "codec",
            "path_in_schema",
            "schema",
            "columns",
            "definition_levels_byte_length",
            "repetition_levels_byte_length",
            "data_page_offset",
            "dictionary_page_offset");

    @TempDir
    Path directory;

    private final com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** A place in a structure that holds a value. */
    private interface Slot {
        String name();

        @Nullable
        Object get() throws IllegalAccessException;

        void set(@Nullable Object value) throws IllegalAccessException;
    }

    private record FieldSlot(Object owner, Field field) implements Slot {
        @Override
        public String name() {
            return field.getName();
        }

        @Override
        public @Nullable Object get() throws IllegalAccessException {
            return field.get(owner);
        }

        @Override
        public void set(@Nullable Object value) throws IllegalAccessException {
            field.set(owner, value);
        }
    }

    private record ElementSlot(String name, List<Object> list, int index) implements Slot {
        @Override
        public Object get() {
            return list.get(index);
        }

        @Override
        public void set(@Nullable Object value) {
            list.set(index, Objects.requireNonNull(value));
        }
    }

    private static List<Slot> slots(Object structure) throws IllegalAccessException {
        List<Slot> slots = new ArrayList<>();
        for (Field field : structure.getClass().getFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                add(slots, new FieldSlot(structure, field));
            }
        }
        return slots;
    }

    private static void add(List<Slot> slots, Slot slot) throws IllegalAccessException {
        Object value = slot.get();
        if (value == null) {
            return;
        }
        slots.add(slot);
        if (value instanceof List<?> list) {
            List<Object> elements = new ArrayList<>(list);
            slot.set(elements);
            for (int i = 0; i < elements.size(); i++) {
                add(slots, new ElementSlot(slot.name(), elements, i));
            }
        } else if (!value.getClass().isEnum() && value.getClass().getName().startsWith("org.apache.parquet.format.")) {
            slots.addAll(slots(value));
        }
    }

    private static List<Object> extremes(Object value) {
        if (value instanceof Integer n) {
            return List.of(Integer.MIN_VALUE, -1, 0, 1, n - 1, n + 1, n * 2, 1 << 20, 1 << 30, Integer.MAX_VALUE);
        }
        if (value instanceof Long n) {
            return List.of(Long.MIN_VALUE, -1L, 0L, 1L, n - 1, n + 1, n * 2, 1L << 31, 1L << 40, Long.MAX_VALUE);
        }
        if (value instanceof Boolean truth) {
            return List.of(!truth);
        }
        if (value instanceof String) {
            return List.of("", "x".repeat(70_000), "\u0000");
        }
        if (value instanceof ByteBuffer) {
            return List.of(ByteBuffer.allocate(0), ByteBuffer.allocate(1), ByteBuffer.allocate(70_000));
        }
        if (value instanceof Enum<?> constant) {
            return Arrays.asList((Object[]) constant.getDeclaringClass().getEnumConstants());
        }
        if (value instanceof List<?> list) {
            List<Object> twice = new ArrayList<>(list);
            twice.addAll(list);
            return List.of(new ArrayList<>(), list.isEmpty() ? list : list.subList(1, list.size()), twice);
        }
        return List.of();
    }

    private byte[] good(WriterVersion version, boolean dictionary) throws IOException {
        MessageType schema = MessageTypeParser.parseMessageType("""
                message m {
                  required int32 n;
                  optional int64 large;
                  optional binary text (STRING);
                  required fixed_len_byte_array(3) fixed;
                  required boolean flag;
                  optional group list (LIST) { repeated group list { optional int32 element; } }
                }""");
        List<Group> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Group row = new SimpleGroup(schema)
                    .append("n", i % 9)
                    .append("fixed", Binary.fromString(String.format(Locale.ROOT, "%03d", i % 11)))
                    .append("flag", i % 5 < 3);
            if (i % 4 > 0) {
                row.append("large", i * 1_000_003L).append("text", "text " + i % 13);
            }
            Group list = row.addGroup("list");
            for (int n = 0; n < i % 3; n++) {
                list.addGroup("list").append("element", n);
            }
            rows.add(row);
        }
        ParquetProperties settings = ParquetProperties.builder()
                .withWriterVersion(version)
                .withDictionaryEncoding(dictionary)
                .withPageWriteChecksumEnabled(false)
                .withPageRowCountLimit(25)
                .build();
        Path file = directory.resolve("good");
        ExampleFiles.write(file, schema, settings, CompressionCodecName.UNCOMPRESSED, rows);
        return Files.readAllBytes(file);
    }

    private static int footerStart(byte[] file) {
        return file.length - 8 - LittleEndian.intAt(file, file.length - 8);
    }

    private static FileMetaData footer(byte[] file) throws IOException {
        int start = footerStart(file);
        return Util.readFileMetaData(new ByteArrayInputStream(file, start, file.length - 8 - start));
    }

    private static byte[] withFooter(byte[] body, FileMetaData footer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(body);
        Util.writeFileMetaData(footer, out);
        byte[] trailer = {0, 0, 0, 0, 'P', 'A', 'R', '1'};
        LittleEndian.put(trailer, 0, out.size() - body.length);
        out.writeBytes(trailer);
        return out.toByteArray();
    }

    private static String rows(byte[] file) {
        ObjectStore store = ObjectStore.inMemory();
        store.createIfAbsent("file", file);
        try (Rows rows = Parquet.reader(store, "file").rows()) {
            Table table = rows.toTable();
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < table.size(); i++) {
                text.append(table.row(i).toMap().values().stream()
                        .map(Batches::comparable)
                        .toList());
            }
            return text.toString();
        }
    }

    /** Reads a damaged file; the rows must be these, unless another meaning was given to them. */
    private void readOrRefuse(byte[] file, @Nullable String expected, String change) {
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        try {
            String got = rows(file);
            if (expected != null) {
                assertThat(got).as(change).isEqualTo(expected);
            }
        } catch (KeywharfException e) {
            assertThat(e.code()).as(change).startsWith("parquet.");
        } catch (RuntimeException | Error e) {
            if (e instanceof AssertionError failed) {
                throw failed;
            }
            fail(change, e);
        }
        assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
                .as(change)
                .isLessThan(MOST_BYTES);
    }

    private interface Rebuilt {
        byte[] bytes() throws IOException;
    }

    private int changeEach(Object structure, String good, Rebuilt rebuilt) throws Exception {
        int changes = 0;
        for (Slot slot : slots(structure)) {
            Object value = Objects.requireNonNull(slot.get());
            for (Object extreme : extremes(value)) {
                slot.set(extreme);
                byte[] bytes;
                try {
                    bytes = rebuilt.bytes();
                } catch (IOException | RuntimeException e) {
                    continue; // what cannot be written in Thrift is no file
                } finally {
                    slot.set(value);
                }
                String shown = String.valueOf(extreme);
                readOrRefuse(
                        bytes,
                        MEANINGS.contains(slot.name()) ? null : good,
                        slot.name() + " = " + shown.substring(0, Math.min(99, shown.length())));
                changes++;
            }
        }
        return changes;
    }

    @ParameterizedTest
    @CsvSource({"PARQUET_1_0,true", "PARQUET_2_0,false"})
    void whatever_a_footer_states(WriterVersion version, boolean dictionary) throws Exception {
        byte[] file = good(version, dictionary);
        byte[] body = Arrays.copyOf(file, footerStart(file));
        FileMetaData footer = footer(file);
        assertThat(changeEach(footer, rows(file), () -> withFooter(body, footer)))
                .isGreaterThan(500);
    }

    @ParameterizedTest
    @CsvSource({"PARQUET_1_0,true", "PARQUET_1_0,false", "PARQUET_2_0,true", "PARQUET_2_0,false"})
    void whatever_the_header_of_a_page_states(WriterVersion version, boolean dictionary) throws Exception {
        byte[] file = good(version, dictionary);
        String good = rows(file);
        int changes = 0;
        FileMetaData footer = footer(file);
        for (ColumnChunk chunk : footer.getRow_groups().get(0).getColumns()) {
            ColumnMetaData meta = chunk.getMeta_data();
            int at = (int)
                    (meta.isSetDictionary_page_offset() && meta.getDictionary_page_offset() > 0
                            ? meta.getDictionary_page_offset()
                            : meta.getData_page_offset());
            int end = at + (int) meta.getTotal_compressed_size();
            while (at < end) {
                ByteArrayInputStream in = new ByteArrayInputStream(file, at, file.length - at);
                PageHeader header = Util.readPageHeader(in);
                int content = file.length - in.available();
                int start = at;
                changes += changeEach(header, good, () -> withHeader(file, start, content, header));
                at = content + header.getCompressed_page_size();
            }
        }
        assertThat(changes).isGreaterThan(400);
    }

    /** Replaces a header, and moves in the footer what comes after it. */
    private static byte[] withHeader(byte[] file, int start, int content, PageHeader header) throws IOException {
        byte[] page = RawParquet.page(header, new byte[0]);
        int longer = page.length - (content - start);
        FileMetaData footer = footer(file);
        for (RowGroup group : footer.getRow_groups()) {
            for (ColumnChunk chunk : group.getColumns()) {
                ColumnMetaData meta = chunk.getMeta_data();
                long from = meta.isSetDictionary_page_offset() && meta.getDictionary_page_offset() > 0
                        ? meta.getDictionary_page_offset()
                        : meta.getData_page_offset();
                if (from <= start && start < from + meta.getTotal_compressed_size()) {
                    meta.setTotal_compressed_size(meta.getTotal_compressed_size() + longer);
                }
                if (meta.getData_page_offset() > start) {
                    meta.setData_page_offset(meta.getData_page_offset() + longer);
                }
                if (meta.isSetDictionary_page_offset() && meta.getDictionary_page_offset() > start) {
                    meta.setDictionary_page_offset(meta.getDictionary_page_offset() + longer);
                }
            }
        }
        byte[] body = RawParquet.concat(
                Arrays.copyOf(file, start), page, Arrays.copyOfRange(file, content, footerStart(file)));
        return withFooter(body, footer);
    }

    @ParameterizedTest
    @CsvSource({"PARQUET_1_0,true", "PARQUET_1_0,false", "PARQUET_2_0,true", "PARQUET_2_0,false"})
    void whatever_length_stands_anywhere_in_a_page(WriterVersion version, boolean dictionary) throws Exception {
        byte[] file = good(version, dictionary);
        for (int at = 4; at < footerStart(file) - 4; at++) {
            for (int value : new int[] {-1, Integer.MAX_VALUE, 1 << 24}) {
                byte[] bytes = file.clone();
                LittleEndian.put(bytes, at, value);
                readOrRefuse(bytes, null, value + " at " + at);
            }
        }
    }

    @Test
    void whatever_byte_of_the_footer_is_another() throws Exception {
        byte[] file = good(WriterVersion.PARQUET_1_0, true);
        for (int at = footerStart(file); at < file.length; at++) {
            for (int value : new int[] {0, 0x7F, 0x80, 0xFF, file[at] + 1, file[at] - 1}) {
                byte[] bytes = file.clone();
                bytes[at] = (byte) value;
                readOrRefuse(bytes, null, (byte) value + " at " + at);
            }
        }
    }
}
