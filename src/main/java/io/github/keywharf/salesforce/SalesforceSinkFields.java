package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of the rows go into which fields, and how a row is sent.
 *
 * @param key the field that says which record a row is of; null for an insert
 */
record SalesforceSinkFields(
        SalesforceSinkOptions options,
        List<SalesforceSinkFields.Field> fields,
        SalesforceSinkFields.@Nullable Field key) {
    /** {@code Name}, {@code Owner.Ext__c}, {@code User:Owner.Ext__c} where a relationship has several objects. */
    private static final Pattern NAME = Pattern.compile("([A-Za-z]\\w*:)?[A-Za-z]\\w*\\.[A-Za-z]\\w*|[A-Za-z]\\w*");

    /** The most characters of a record in a job. */
    private static final int MAX_RECORD = 400_000;

    /**
     * One field.
     *
     * @param position of the column in the rows
     * @param column its name
     * @param name the field's
     */
    record Field(int position, String column, String name, ColumnType type) {}

    /** A value that cannot be sent, and of which column. */
    record Refused(String column, String reason) {}

    SalesforceSinkFields {
        fields = List.copyOf(fields);
    }

    static String requireName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + Cut.printable(name, 60) + "' is not the name of " + what
                    + ": letters, digits and underscores, as in Name,"
                    + " Size__c, or Owner.Ext__c for a related record's external id");
        }
        return name;
    }

    static SalesforceSinkFields of(Schema schema, SalesforceSinkOptions options) {
        String subject = options.object();
        for (String renamed : options.columns().keySet()) {
            if (!schema.contains(renamed)) {
                throw mismatch(
                        subject, "column(\"" + renamed + "\", …) names a column that the rows do not have: " + schema);
            }
        }
        List<Field> fields = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        Field key = null;
        for (int i = 0; i < schema.size(); i++) {
            Column column = schema.column(i);
            String name = options.columns().getOrDefault(column.name(), column.name());
            boolean isKey = name.equalsIgnoreCase(options.key());
            if (options.operation().deletes() && !isKey) {
                continue;
            }
            if (!NAME.matcher(name).matches()) {
                throw mismatch(
                        subject,
                        "The column '" + column.name() + "' is not the name of a field; name one by column(\""
                                + column.name() + "\", \"Field__c\"), or leave the column out");
            }
            if (!taken.add((name.contains(".") ? relationship(name) + "." : name).toLowerCase(Locale.ROOT))) {
                throw mismatch(
                        subject,
                        "Two columns go into the same field or related record, the second is '" + name
                                + "'; leave one of them out");
            }
            if (!SalesforceSinkValues.isSent(column.type())) {
                throw mismatch(
                        subject,
                        "The column '" + column.name() + "' is of type " + column.type()
                                + ", which no field takes; make it text, or leave it out");
            }
            Field field = new Field(i, column.name(), name, column.type());
            fields.add(field);
            key = isKey ? field : key;
        }
        if (key == null && !options.key().isEmpty()) {
            throw mismatch(
                    subject,
                    "The rows have no column '" + options.key() + "', by which "
                            + options.operation().text() + " finds records; their columns are " + schema.names());
        }
        return new SalesforceSinkFields(options, fields, key);
    }

    private static KeywharfException mismatch(String subject, String what) {
        return new KeywharfException("salesforce.bad_columns", subject, what);
    }

    /** The column of a field, by its name in any case; empty when there is none. */
    String column(String field) {
        for (Field one : fields) {
            if (one.name().equalsIgnoreCase(field)) {
                return one.column();
            }
        }
        return "";
    }

    /** A row's texts for a job, or why it cannot be sent. */
    @Nullable
    Refused texts(ColumnBatch batch, int row, String[] texts) {
        long characters = 0;
        for (int i = 0; i < texts.length; i++) {
            Field field = fields.get(i);
            String text;
            try {
                text = SalesforceSinkValues.bulkText(
                        batch.column(field.position()).value(row));
            } catch (SalesforceSinkValues.Unfit e) {
                return new Refused(field.column(), e.reason());
            }
            if (text == null) {
                if (field.equals(key)) {
                    return new Refused(field.column(), "has no value, and it says which record is meant");
                }
                text = options.nulls() == SalesforceSink.Nulls.CLEAR ? SalesforceSinkValues.NULL : "";
            }
            characters += text.length();
            texts[i] = text;
        }
        return characters <= MAX_RECORD
                ? null
                : new Refused(
                        "",
                        "has " + characters + " characters, and a record of a bulk job has " + MAX_RECORD
                                + " at most; send such rows by REST");
    }

    /** Puts a row's values into a record of a collection, or says why it cannot be sent. */
    @Nullable
    Refused record(ColumnBatch batch, int row, ObjectNode record) {
        record.putObject("attributes").put("type", options.object());
        for (Field field : fields) {
            JsonNode value;
            try {
                value = SalesforceSinkValues.json(batch.column(field.position()).value(row));
            } catch (SalesforceSinkValues.Unfit e) {
                return new Refused(field.column(), e.reason());
            }
            if (value == null) {
                if (field.equals(key)) {
                    return new Refused(field.column(), "has no value, and it says which record is meant");
                }
                if (options.nulls() == SalesforceSink.Nulls.CLEAR) {
                    record.putNull(relationship(field.name()));
                }
            } else {
                put(record, field.name(), value);
            }
        }
        return null;
    }

    private static String relationship(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(name.indexOf(':') + 1, dot);
    }

    private static void put(ObjectNode record, String name, JsonNode value) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            record.set(name, value);
            return;
        }
        ObjectNode related = record.putObject(relationship(name));
        int colon = name.indexOf(':');
        if (colon >= 0) {
            related.putObject("attributes").put("type", name.substring(0, colon));
        }
        related.set(name.substring(dot + 1), value);
    }
}
