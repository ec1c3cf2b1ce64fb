package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An ingest job: its rows are done in order, a part with each poll, so that one that is aborted leaves rows undone. */
final class BulkIngestJob extends BulkJob {
    final @Nullable FakeField key;
    final List<List<String>> successful = new ArrayList<>();
    final List<List<String>> failed = new ArrayList<>();
    private final FakeOrg org;
    private List<List<String>> lines = List.of();
    boolean uploaded;
    private int done = 1;

    BulkIngestJob(
            FakeOrg org,
            String id,
            FakeObject object,
            String operation,
            @Nullable FakeField key,
            BulkFormat format,
            String root) {
        super(id, operation, object, format, root, org.now(), "Open");
        this.org = org;
        this.key = key;
    }

    @Override
    void putRest(ObjectNode info) {
        if (key != null) {
            info.put("externalIdFieldName", key.name());
        }
        info.put("contentUrl", root.substring(1) + "/jobs/ingest/" + id + "/batches");
        if (!state.equals("Open")) {
            info.put("jobType", "V2Ingest")
                    .put("numberRecordsProcessed", successful.size() + failed.size())
                    .put("numberRecordsFailed", failed.size())
                    .put("retries", 0)
                    .put("totalProcessingTime", polls * 100);
        }
    }

    /** Keeps the data; what is wrong with it as a whole fails the job when it is processed. */
    void upload(String csv) {
        uploaded = true;
        try {
            lines = CsvText.parsed(csv, format.delimiter());
        } catch (IllegalArgumentException e) {
            failure = "InvalidBatch : Failed to parse CSV: " + e.getMessage();
        }
        if (CsvText.hasCrLf(csv) != format.crlf() && lines.size() > 1) {
            failure = "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is "
                    + (format.crlf() ? "CRLF" : "LF");
        }
    }

    List<String> header() {
        return lines.isEmpty() ? List.of() : lines.get(0);
    }

    List<List<String>> unprocessed() {
        return lines.subList(Math.min(done, lines.size()), lines.size());
    }

    /** Counts a poll, and does the rows that are due by then. */
    void advance(int most) {
        if (!state.equals("UploadComplete") && !state.equals("InProgress")) {
            return;
        }
        polls++;
        if (failure == null) {
            failure = badHeader();
        }
        if (failure != null) {
            state = "Failed";
            return;
        }
        boolean end = polls >= most;
        int until = end ? lines.size() : 1 + (int) ((lines.size() - 1L) * polls / most);
        while (done < until) {
            row(lines.get(done++));
        }
        state = end ? "JobComplete" : "InProgress";
    }

    private @Nullable String badHeader() {
        if (lines.isEmpty()) {
            return "InvalidBatch : The CSV has no header";
        }
        for (String column : header()) {
            String name = column.contains(".") ? column.substring(0, column.indexOf('.')) : column;
            try {
                boolean path = org.writable(object, name) == null;
                if (path != column.contains(".")) {
                    return "InvalidBatch : Field name not found : " + column;
                }
            } catch (Refusal e) {
                return "InvalidBatch : Field name not found : " + column;
            }
        }
        boolean deletes = operation.equals("delete") || operation.equals("hardDelete");
        if (deletes && !(header().size() == 1 && header().get(0).equalsIgnoreCase("Id"))) {
            return "InvalidBatch : A delete job has the column Id and no other";
        }
        return null;
    }

    private void row(List<String> line) {
        List<String> values = new ArrayList<>(line);
        while (values.size() < header().size()) {
            values.add("");
        }
        String given = "";
        try {
            if (line.size() != header().size()) {
                throw new Refusal(
                        400,
                        "CLIENT_INPUT_ERROR",
                        "The row has " + line.size() + " values, the header " + header().size());
            }
            Map<String, Object> fields = fields(line);
            Object own = fields.remove("Id");
            given = own == null || own == FakeOrg.Cleared.VALUE ? "" : own.toString();
            boolean creates = false;
            switch (operation) {
                case "insert" -> {
                    if (!given.isEmpty()) {
                        throw new Refusal(
                                400, "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", "Id");
                    }
                    given = org.insert(object, fields).id();
                    creates = true;
                }
                case "update" ->
                    given = org.update(object, given(given), fields).id();
                case "delete" -> org.delete(object, given(given));
                case "hardDelete" -> org.hardDelete(object, given(given));
                default -> {
                    FakeRecord old = upserted(fields, given);
                    creates = old == null;
                    given = old == null
                            ? org.insert(object, fields).id()
                            : org.update(object, old.id(), fields).id();
                }
            }
            successful.add(with(List.of(given, Boolean.toString(creates)), values));
        } catch (Refusal e) {
            failed.add(with(List.of(given, e.bulkText()), values));
        }
    }

    private static String given(String id) {
        if (id.isEmpty()) {
            throw new Refusal(400, "MISSING_ARGUMENT", "Id not specified in an update call", "Id");
        }
        return SalesforceIds.normal(id);
    }

    private @Nullable FakeRecord upserted(Map<String, Object> fields, String id) {
        FakeField by = Objects.requireNonNull(key);
        if (by.type().equals("id")) {
            return id.isEmpty() ? null : org.existing(object, id);
        }
        return org.byExternalId(object, by, fields);
    }

    private static List<String> with(List<String> first, List<String> rest) {
        List<String> all = new ArrayList<>(first);
        all.addAll(rest);
        return all;
    }

    /** Empty values are left as they are, #N/A clears ("Prepare CSV Files"). */
    private Map<String, Object> fields(List<String> line) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < line.size(); i++) {
            String column = header().get(i);
            String text = line.get(i);
            int dot = column.indexOf('.');
            if (dot > 0) {
                if (!text.isEmpty()) {
                    org.parentByExternalId(object, column.substring(0, dot), text, fields);
                }
                continue;
            }
            FakeField field = Objects.requireNonNull(org.writable(object, column));
            if (text.equals("#N/A")) {
                fields.put(field.name(), FakeOrg.Cleared.VALUE);
            } else if (!text.isEmpty()) {
                fields.put(field.name(), Objects.requireNonNull(FieldValues.ofText(field, text)));
            }
        }
        return fields;
    }
}
