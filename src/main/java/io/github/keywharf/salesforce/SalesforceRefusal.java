package io.github.keywharf.salesforce;

import io.github.keywharf.internal.Cut;
import java.util.List;

/**
 * Why an org refused a record.
 *
 * @param code the vendor's, such as {@code REQUIRED_FIELD_MISSING}
 * @param message the vendor's
 * @param fields the fields that it is about; may be empty
 */
public record SalesforceRefusal(String code, String message, List<String> fields) {
    static final SalesforceRefusal NONE = new SalesforceRefusal("", "", List.of());

    private static final int MAX_TEXT = 600;

    /** Copies the list. */
    public SalesforceRefusal {
        fields = List.copyOf(fields);
    }

    @Override
    public String toString() {
        String shown = code.isEmpty() ? message : message.isEmpty() ? code : code + ": " + message;
        return Cut.printable(
                fields.isEmpty() ? shown : shown + " (fields " + String.join(", ", fields) + ")", MAX_TEXT);
    }
}
