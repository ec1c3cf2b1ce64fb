package io.github.keywharf.sharing.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.format.delta.DeltaFile;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.sharing.server.SharedUsage.Answer;
import io.github.keywharf.sharing.server.SharedUsage.Client;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Tables with features that only the delta format can say. */
final class TableFormatsTest {
    private static final String VECTORS = "responseformat=delta;readerfeatures=deletionvectors";

    private final SharedUsage usage = SharedUsage.inMemory();

    private Client client(SharedTable... tables) {
        DeltaSharingServer server = usage.server().build();
        ShareCatalog catalog = server.catalog(SharedUsage.HOST);
        for (SharedTable table : tables) {
            String share = table.filter().isPresent() ? "acme" : "whole";
            catalog.ensureShare(Share.of(share, table));
            catalog.ensureRecipient(Recipient.of("acme"));
            catalog.ensureGrant(share, "acme");
        }
        return Client.of(server, catalog.activate("acme").orElseThrow());
    }

    private static SharedTable acme() {
        return SharedUsage.shared().withFilter(TenantFilter.value("tenant", "acme"));
    }

    private void commit(String... lines) {
        long version = usage.table.snapshot().version() + 1;
        usage.store.createIfAbsent(
                String.format("tables/usage/_delta_log/%020d.json", version),
                (String.join("\n", lines) + "\n").getBytes(UTF_8));
    }

    /** Marks the second and fifth row of each file as deleted, by one object for all of them. */
    private void deleteRows() {
        List<DeltaFile> files = usage.table.snapshot().files().toList();
        byte[] vector = vector(1, 4);
        ByteBuffer object =
                ByteBuffer.allocate(1 + files.size() * (vector.length + 8)).put((byte) 1);
        StringBuilder lines = new StringBuilder(
                "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":[\"deletionVectors\"],"
                        + "\"writerFeatures\":[\"deletionVectors\"]}}");
        for (DeltaFile file : files) {
            CRC32 checksum = new CRC32();
            checksum.update(vector);
            int offset = object.position();
            object.putInt(vector.length).put(vector).putInt((int) checksum.getValue());
            String values = "\"partitionValues\":{\"tenant\":\""
                    + file.partitionValues().get("tenant") + "\",\"day\":\""
                    + file.partitionValues().get("day") + "\"},\"size\":" + file.size() + ",\"dataChange\":true";
            lines.append("\n{\"remove\":{\"path\":\"" + file.path() + "\",\"deletionTimestamp\":1," + values + "}}");
            lines.append("\n{\"add\":{\"path\":\"" + file.path() + "\",\"modificationTime\":1," + values
                    + ",\"stats\":\"{\\\"numRecords\\\":10}\",\"deletionVector\":{\"storageType\":\"p\",\"pathOrInlineDv\":\"v.bin\","
                    + "\"offset\":" + offset + ",\"sizeInBytes\":" + vector.length + ",\"cardinality\":2}}}");
        }
        put(usage.store.under("tables/usage"), "v.bin", object.array());
        commit(lines.toString());
    }

    /** A set of two numbers as the Delta protocol writes it. */
    private static byte[] vector(int first, int second) {
        return ByteBuffer.allocate(36)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1681511377)
                .putLong(1)
                .putInt(0)
                .putInt(12346)
                .putInt(1)
                .putChar((char) 0)
                .putChar((char) 1)
                .putInt(16)
                .putChar((char) first)
                .putChar((char) second)
                .array();
    }

    private static void put(ObjectStore store, String key, byte[] content) {
        try (ObjectWriter writer = store.create(key)) {
            writer.write(content);
            writer.commit();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void deletion_vectors_are_sent_to_who_reads_them() {
        usage.add("acme", SharedUsage.DAY, 0, 10).add("beta", SharedUsage.DAY, 100, 110);
        deleteRows();
        Client client = client(acme());

        assertThat(client.query("acme", "{}").status()).isEqualTo(400);
        assertThat(client.with("responseformat=delta").query("acme", "{}").status())
                .isEqualTo(400);
        Answer answer = client.with(VECTORS).query("acme", "{}");

        JsonNode add = answer.only("file").at("/deltaSingleAction/add");
        assertThat(add.at("/deletionVector/storageType").asText()).isEqualTo("i");
        assertThat(answer.text()).doesNotContain("v.bin");
        assertThat(answer.only("protocol").at("/deltaProtocol/readerFeatures/0").asText())
                .isEqualTo("deletionVectors");
        assertThat(numbers(client, answer)).containsExactly(0L, 2L, 3L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void who_reads_the_whole_table_gets_the_address_of_its_deletion_vectors() throws IOException {
        usage.add("acme", SharedUsage.DAY, 0, 10);
        deleteRows();
        Client client = client(SharedUsage.shared());

        JsonNode file = client.with(VECTORS).query("whole", "{}").only("file");

        JsonNode vector = file.at("/deltaSingleAction/add/deletionVector");
        assertThat(vector.path("storageType").asText()).isEqualTo("p");
        assertThat(file.path("deletionVectorFileId").asText()).hasSize(32);
        try (HttpResponse response = client.http()
                .handle(HttpRequest.get(vector.path("pathOrInlineDv").asText()))) {
            assertThat(response.body().bytes(1000)).isEqualTo(usage.store.readSmall("tables/usage/v.bin"));
        }
    }

    @Test
    void files_without_deleted_rows_are_plain_files() {
        usage.add("beta", SharedUsage.DAY, 0, 10);
        deleteRows();
        usage.add("acme", SharedUsage.DAY, 0, 10);
        Client client = client(acme());

        assertThat(client.query("acme", "{}").all("file")).hasSize(1);
        assertThat(client.with("responseformat=delta")
                        .query("acme", "{}")
                        .only("protocol")
                        .path("deltaProtocol")
                        .has("readerFeatures"))
                .isFalse();
        assertThat(client.with("responseformat=parquet,delta;readerfeatures=deletionvectors")
                        .query("acme", "{}")
                        .only("file")
                        .has("deltaSingleAction"))
                .isTrue();
    }

    @Test
    void changes_that_mark_rows_as_deleted_are_refused_where_they_cannot_be_said() {
        usage.add("acme", SharedUsage.DAY, 0, 10);
        commit("{\"metaData\":" + metadata("true") + "}");
        deleteRows();
        Client client = client(acme());
        String path = "/shares/acme" + SharedUsage.TABLE + "/changes?startingVersion=3";

        Answer plain = client.with("includeendstreamaction=true").get(path);
        Answer delta = client.with(VECTORS).get(path);

        assertThat(plain.status()).isEqualTo(400);
        assertThat(delta.all("file")).hasSize(2);
        assertThat(delta.all("file").get(0).at("/deltaSingleAction").has("remove"))
                .isTrue();
        assertThat(delta.all("file")
                        .get(1)
                        .at("/deltaSingleAction/add/deletionVector/storageType")
                        .asText())
                .isEqualTo("i");
    }

    private String metadata(String changeFeed) {
        var metadata = usage.table.snapshot().metadata();
        ObjectNode json = (ObjectNode) SharedUsage.json(
                "{\"format\":{\"provider\":\"parquet\",\"options\":{}},\"partitionColumns\":[\"tenant\",\"day\"],"
                        + "\"configuration\":{\"delta.enableChangeDataFeed\":\"" + changeFeed
                        + "\",\"secret.of.provider\":\"x\"},\"createdTime\":1}");
        json.put("id", metadata.id()).put("schemaString", metadata.schemaJson());
        return json.toString();
    }

    @Test
    void without_a_change_feed_rewritten_files_are_not_taken_for_changed_rows() {
        usage.add("acme", SharedUsage.DAY, 0, 10);
        DeltaFile file = usage.table.snapshot().files().findFirst().orElseThrow();
        String values =
                "\"partitionValues\":{\"tenant\":\"acme\",\"day\":\"2026-11-23\"},\"size\":1,\"dataChange\":true}}";
        String remove = "{\"remove\":{\"path\":\"" + file.path() + "\",\"deletionTimestamp\":1," + values;
        commit(remove, "{\"add\":{\"path\":\"rewritten\",\"modificationTime\":1," + values);
        commit(remove.replace(file.path(), "rewritten"));
        Client client = client(acme());
        String path = "/shares/acme" + SharedUsage.TABLE + "/changes?startingVersion=";

        assertThat(client.get(path + "1&endingVersion=1").all("add")).hasSize(1);
        assertThat(client.get(path + "2").status()).isEqualTo(400);
        assertThat(client.get(path + "3").all("remove")).hasSize(1);
        assertThat(client.query("acme", "{\"startingVersion\":2,\"endingVersion\":2}")
                        .lines())
                .hasSize(4);
        commit("{\"metaData\":" + metadata("true") + "}");
        assertThat(client.get(path + "2").all("remove")).hasSize(2);
    }

    @Test
    void changes_of_the_columns_are_said_where_they_are_asked_for() {
        usage.add("acme", SharedUsage.DAY, 0, 10);
        commit("{\"metaData\":" + metadata("true") + "}");
        usage.add("acme", SharedUsage.DAY, 10, 20);
        Client client = client(acme());
        String path = "/shares/acme" + SharedUsage.TABLE + "/changes?startingVersion=1";

        assertThat(client.get(path).all("metaData")).hasSize(1);
        List<JsonNode> all =
                client.get(path + "&includeHistoricalMetadata=true").all("metaData");
        assertThat(all).hasSize(2);
        assertThat(all.get(0).path("version").asInt()).isEqualTo(1);
        assertThat(all.get(1).path("version").asInt()).isEqualTo(2);
        assertThat(all.get(1).path("configuration").path("enableChangeDataFeed").asText())
                .isEqualTo("true");
        assertThat(all.get(1).toString()).doesNotContain("secret.of.provider");
    }

    @Test
    void a_table_with_mapped_columns_is_filtered_by_their_own_names() {
        String schema =
                "{\"type\":\"struct\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\",\"nullable\":true,\"metadata\":"
                        + "{\"delta.columnMapping.id\":1,\"delta.columnMapping.physicalName\":\"n\"}},"
                        + "{\"name\":\"n\",\"type\":\"long\",\"nullable\":true,\"metadata\":"
                        + "{\"delta.columnMapping.id\":2,\"delta.columnMapping.physicalName\":\"tenant\"}}]}";
        ObjectNode metadata = (ObjectNode) SharedUsage.json(
                "{\"id\":\"x\",\"format\":{\"provider\":\"parquet\",\"options\":{}},\"partitionColumns\":[\"tenant\"],"
                        + "\"configuration\":{\"delta.columnMapping.mode\":\"name\"}}");
        metadata.put("schemaString", schema);
        ObjectStore store = ObjectStore.inMemory();
        store.createIfAbsent(
                "t/_delta_log/00000000000000000000.json",
                ("{\"protocol\":{\"minReaderVersion\":2,\"minWriterVersion\":5}}\n{\"metaData\":" + metadata + "}\n"
                                + add("a", "{\"n\":\"acme\"}") + add("b", "{\"n\":\"beta\",\"tenant\":\"acme\"}"))
                        .getBytes(UTF_8));
        DeltaSharingServer server = DeltaSharingServer.builder(ObjectStore.inMemory())
                .table("usage", store, "t")
                .build();
        Client client = Client.of(server, SharedUsage.provision(server.catalog(SharedUsage.HOST), "acme"));

        assertThat(client.query("acme", "{}").status()).isEqualTo(400);
        assertThat(client.with("responseformat=delta").query("acme", "{}").status())
                .isEqualTo(400);
        Answer answer =
                client.with("responseformat=delta;readerfeatures=columnmapping").query("acme", "{}");
        assertThat(answer.only("file")
                        .at("/deltaSingleAction/add/partitionValues/n")
                        .asText())
                .isEqualTo("acme");
        assertThat(answer.only("protocol").at("/deltaProtocol/minReaderVersion").asInt())
                .isEqualTo(3);
        assertThat(client.with("responseformat=delta;readerfeatures=columnmapping")
                        .get("/shares/acme" + SharedUsage.TABLE + "/changes?startingVersion=0")
                        .all("file"))
                .hasSize(1);
    }

    private static String add(String path, String values) {
        return "{\"add\":{\"path\":\"" + path + "\",\"partitionValues\":" + values
                + ",\"size\":1,\"modificationTime\":1,\"dataChange\":true}}\n";
    }

    /** Reads an answer of the delta format as the protocol says: its actions are a log. */
    private static List<Long> numbers(Client client, Answer answer) {
        ObjectStore copy = ObjectStore.inMemory();
        StringBuilder log = new StringBuilder();
        log.append("{\"protocol\":")
                .append(answer.only("protocol").path("deltaProtocol"))
                .append("}\n");
        log.append("{\"metaData\":")
                .append(answer.only("metaData").path("deltaMetadata"))
                .append("}\n");
        for (JsonNode file : answer.all("file")) {
            ObjectNode action = (ObjectNode) file.path("deltaSingleAction");
            String key = file.path("id").asText();
            try (HttpResponse response =
                    client.http().handle(HttpRequest.get(action.at("/add/path").asText()))) {
                put(copy, key, response.body().bytes(1_000_000));
            }
            ((ObjectNode) action.path("add")).put("path", key);
            log.append(action).append('\n');
        }
        put(copy, "_delta_log/00000000000000000000.json", log.toString().getBytes(UTF_8));
        return DeltaTable.at(copy, "").rows().stream()
                .map(row -> row.longValue("n"))
                .sorted()
                .toList();
    }
}
