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

    /** Copies the list. */
    public SalesforceRefusal {
        fields = List.copyOf(fields);
    }

    static SalesforceRefusal of(SalesforceErrors.Vendor error) {
        return new SalesforceRefusal(error.errorCode(), error.message(), error.fields());
    }

    @Override
    public String toString() {
        return Cut.printable(
                code + ": " + message + (fields.isEmpty() ? "" : " (fields " + String.join(", ", fields) + ")"), 600);
    }
}
