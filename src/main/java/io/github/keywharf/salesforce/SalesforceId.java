package io.github.keywharf.salesforce;

import io.github.keywharf.internal.Cut;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Ids of records: 15 letters and digits whose case matters, or the same with 3 more that say which of them are capitals, so
 * that case does not matter ("Field Types", Object Reference). The API answers with 18.
 */
public final class SalesforceId {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9]{15}(?:[A-Z0-5a-z]{3})?");
    private static final String CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

    private SalesforceId() {}

    /** Whether the text has the form of an id: 15 letters and digits, or 18. */
    public static boolean isId(String text) {
        return FORM.matcher(text).matches();
    }

    /**
     * The id with 18 characters, as the API gives it.
     *
     * @throws IllegalArgumentException when the text does not have the form of an id
     */
    public static String to18(String id) {
        check(id);
        if (id.length() == 18) {
            return id;
        }
        StringBuilder full = new StringBuilder(id);
        for (int part = 0; part < 3; part++) {
            int capitals = 0;
            for (int i = 0; i < 5; i++) {
                char c = id.charAt(part * 5 + i);
                capitals |= c >= 'A' && c <= 'Z' ? 1 << i : 0;
            }
            full.append(CHECK.charAt(capitals));
        }
        return full.toString();
    }

    static String check(String id) {
        if (!isId(id)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "'%s' is not the id of a record: ids have 15 or 18 letters and digits",
                    Cut.printable(id, 40)));
        }
        return id;
    }
}
