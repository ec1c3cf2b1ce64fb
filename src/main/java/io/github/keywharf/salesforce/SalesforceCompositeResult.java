package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became of each request of a {@link SalesforceComposite}.
 *
 * @param subject what messages are about
 * @param parts the results, in the order of the requests
 */
public record SalesforceCompositeResult(String subject, List<SalesforceCompositeResult.Part> parts) {
    private static final Set<String> UNDONE = Set.of("PROCESSING_HALTED", "ALL_OR_NONE_OPERATION_ROLLED_BACK");

    /**
     * What became of one request.
     *
     * @param reference its name
     * @param status of HTTP; 200 to 299 when it was carried out
     * @param rolledBack whether nothing was wrong with it, but another request failed that it was to be carried out with
     * @param values the answer as JSON has it: the fields of a record; empty where there is none
     * @param errors why it failed; otherwise empty
     */
    public record Part(
            String reference,
            int status,
            boolean rolledBack,
            Map<String, @Nullable Object> values,
            List<SalesforceRefusal> errors) {

        /** Makes the values unmodifiable. */
        public Part {
            values = Collections.unmodifiableMap(values);
            errors = List.copyOf(errors);
        }

        static Part of(JsonNode answer) {
            int status = answer.path("httpStatusCode").asInt();
            String reference = answer.path("referenceId").asText();
            JsonNode body = answer.path("body");
            if (status < 200 || status >= 300) {
                List<SalesforceRefusal> errors = SalesforceErrors.parsed(body);
                boolean undone =
                        !errors.isEmpty() && UNDONE.contains(errors.get(0).code());
                return new Part(reference, status, undone, Map.of(), errors);
            }
            return new Part(reference, status, false, RecordValues.map(body), List.of());
        }

        /** Whether it was carried out. */
        public boolean success() {
            return status >= 200 && status < 300;
        }

        /** The id of the record that was created, upserted or read. */
        public Optional<String> id() {
            Object id = values.containsKey("id") ? values.get("id") : values.get("Id");
            return id instanceof String text ? Optional.of(text) : Optional.empty();
        }

        /** Whether a record was created. */
        public boolean created() {
            return status == 201;
        }

        /**
         * The records of a query; empty for other requests.
         *
         * @throws KeywharfException with code {@code salesforce.count_mismatch} when the query, or a subquery, gives more than
         *     the page that a composite reads
         */
        @SuppressWarnings("unchecked")
        public List<Map<String, @Nullable Object>> records() {
            if (!(values.get("records") instanceof List<?> records)) {
                return List.of();
            }
            boolean cut = isCut(values);
            for (Object record : records) {
                for (Object value : record instanceof Map<?, ?> fields ? fields.values() : List.of()) {
                    cut |= value instanceof Map<?, ?> children && isCut(children);
                }
            }
            if (cut) {
                throw new KeywharfException(
                        SalesforceErrors.COUNT_MISMATCH,
                        reference,
                        "The query gives more than a page, and a composite reads one; run it with query(…), or add a LIMIT");
            }
            return (List<Map<String, @Nullable Object>>) records;
        }

        private static boolean isCut(Map<?, ?> page) {
            return Boolean.FALSE.equals(page.get("done"));
        }
    }

    /** Copies the list. */
    public SalesforceCompositeResult {
        parts = List.copyOf(parts);
    }

    /**
     * The result of one request.
     *
     * @throws IllegalArgumentException when there is none of that reference
     */
    public Part part(String reference) {
        return parts.stream()
                .filter(part -> part.reference().equals(reference))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There was no request '" + reference + "'"));
    }

    /** Whether all requests were carried out. */
    public boolean success() {
        return parts.stream().allMatch(Part::success);
    }

    /**
     * This, if all requests were carried out.
     *
     * @throws KeywharfException with code {@code salesforce.refused} and the first reasons otherwise
     */
    public SalesforceCompositeResult requireSuccess() {
        List<String> reasons = parts.stream()
                .filter(part -> !part.success() && !part.rolledBack())
                .limit(3)
                .map(part -> part.reference() + ": " + part.errors())
                .toList();
        if (!success()) {
            throw new KeywharfException(
                    "salesforce.refused",
                    subject,
                    String.join("; ", reasons) + "; parts() lists all requests, and which were rolled back");
        }
        return this;
    }

    @Override
    public String toString() {
        return parts.toString();
    }
}
