package io.github.keywharf.format.delta;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A log written line by line, after the protocol's text. The table has the columns {@code tenant} and {@code n}. */
final class HandMadeLog {

    static final String PROTOCOL = "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}}";

    private static final ColumnType ADD = ColumnType.struct(List.of(
            Column.nullable("path", ColumnType.STRING),
            Column.nullable("partitionValues", ColumnType.map(ColumnType.STRING, ColumnType.STRING)),
            Column.nullable("size", ColumnType.INT64),
            Column.nullable("modificationTime", ColumnType.INT64),
            Column.nullable("dataChange", ColumnType.BOOLEAN),
            Column.nullable(
                    "stats_parsed",
                    ColumnType.struct(List.of(
                            Column.nullable("numRecords", ColumnType.INT64),
                            Column.nullable(
                                    "minValues", ColumnType.struct(List.of(Column.nullable("n", ColumnType.INT64)))),
                            Column.nullable(
                                    "maxValues",
                                    ColumnType.struct(List.of(Column.nullable("n", ColumnType.INT64)))))))));

    private HandMadeLog() {}

    static String metadata(String configuration) {
        return metadata("""
                {"type":"struct","fields":[{"name":"tenant","type":"string","nullable":true,"metadata":{}},\
                {"name":"n","type":"long","nullable":true,"metadata":{}}]}""", "[\"tenant\"]", configuration);
    }

    static String metadata(String schema, String partitionColumns, String configuration) {
        return "{\"metaData\":{\"id\":\"7e7b1f0c\",\"format\":{\"provider\":\"parquet\",\"options\":{}},"
                + "\"schemaString\":\"" + schema.replace("\"", "\\\"") + "\",\"partitionColumns\":" + partitionColumns
                + ",\"configuration\":" + configuration + ",\"createdTime\":1}}";
    }

    static String add(String path, String tenant, long least, long most) {
        return "{\"add\":{\"path\":\"" + path + "\",\"partitionValues\":{\"tenant\":\"" + tenant
                + "\"},\"size\":10,\"modificationTime\":5,\"dataChange\":true,\"stats\":\"{\\\"numRecords\\\":3,"
                + "\\\"minValues\\\":{\\\"n\\\":" + least + "},\\\"maxValues\\\":{\\\"n\\\":" + most
                + "},\\\"nullCount\\\":{\\\"n\\\":0}}\"}}";
    }

    static String remove(String path) {
        return "{\"remove\":{\"path\":\"" + path + "\",\"deletionTimestamp\":9,\"dataChange\":true}}";
    }

    /** A table whose versions each add a file, from 0 on. */
    static void versions(ObjectStore table, int count) {
        for (int version = 0; version < count; version++) {
            String add = add("f" + version, "t" + version % 2, version * 10L, version * 10L + 9);
            commit(table, version, version == 0 ? new String[] {PROTOCOL, metadata("{}"), add} : new String[] {add});
        }
    }

    static void commit(ObjectStore table, long version, String... lines) {
        put(table, LogListing.commit(version), String.join("\n", lines) + "\n");
    }

    static void put(ObjectStore table, String key, String content) {
        try (ObjectWriter writer = table.create(key)) {
            writer.write(content.getBytes(UTF_8));
            writer.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A Parquet file of files that are added, with statistics as columns only. */
    static void addsAsParquet(ObjectStore table, String key, String... paths) {
        Schema schema = Schema.of(Column.nullable("add", ADD));
        ColumnVector.Builder builder = ColumnVector.builder(ADD, paths.length);
        for (String path : paths) {
            Map<String, @Nullable Object> add = new LinkedHashMap<>();
            add.put("path", path);
            add.put("partitionValues", Map.of("tenant", "t1"));
            add.put("size", 10L);
            add.put("modificationTime", 5L);
            add.put("dataChange", false);
            add.put(
                    "stats_parsed",
                    Map.of("numRecords", 3L, "minValues", Map.of("n", 100L), "maxValues", Map.of("n", 200L)));
            builder.appendValue(add);
        }
        try (BatchWriter writer = Parquet.writer(table, key).open(schema)) {
            writer.write(ColumnBatch.build(schema, List.of(builder)));
            writer.commit();
        }
    }

    /** Protocol and metadata as a Parquet file, like the first part of a checkpoint. */
    static void headAsParquet(ObjectStore table, String key) {
        ColumnType protocol = ColumnType.struct(List.of(
                Column.nullable("minReaderVersion", ColumnType.INT32),
                Column.nullable("minWriterVersion", ColumnType.INT32)));
        ColumnType metadata = ColumnType.struct(List.of(
                Column.nullable("id", ColumnType.STRING),
                Column.nullable("schemaString", ColumnType.STRING),
                Column.nullable("partitionColumns", ColumnType.list(ColumnType.STRING)),
                Column.nullable("configuration", ColumnType.map(ColumnType.STRING, ColumnType.STRING))));
        Schema schema = Schema.of(Column.nullable("protocol", protocol), Column.nullable("metaData", metadata));
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, 2);
        builders.get(0).appendValue(Map.of("minReaderVersion", 1, "minWriterVersion", 2));
        builders.get(0).appendNull();
        builders.get(1).appendNull();
        Map<String, @Nullable Object> what = new LinkedHashMap<>();
        what.put("id", "7e7b1f0c");
        what.put("schemaString", DeltaTypes.toJson(SampleTable.USAGE));
        what.put("partitionColumns", List.of("tenant"));
        what.put("configuration", Map.of());
        builders.get(1).appendValue(what);
        try (BatchWriter writer = Parquet.writer(table, key).open(schema)) {
            writer.write(ColumnBatch.build(schema, builders));
            writer.commit();
        }
    }
}
