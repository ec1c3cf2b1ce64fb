package io.github.keywharf.testing.salesforce;

import java.util.regex.Pattern;

/** Ids of 15 characters, and of 18 with a checksum of upper and lower case ("SOAP API Developer Guide", "ID Field Type"). */
final class SalesforceIds {
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final String CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9]{15}([A-Z0-5]{3})?");

    private SalesforceIds() {}

    static String of(String prefix, long number) {
        char[] digits = "000000000".toCharArray();
        long left = number;
        for (int i = digits.length - 1; left > 0; i--) {
            digits[i] = DIGITS.charAt((int) (left % 62));
            left /= 62;
        }
        return longForm(prefix + "5g0" + new String(digits));
    }

    /** The form of 18 characters of an id in either form. */
    static String normal(String id) {
        if (!SHAPE.matcher(id).matches()
                || (id.length() == 18 && !longForm(id.substring(0, 15)).equals(id))) {
            throw new Refusal(400, "MALFORMED_ID", "malformed id " + id, "Id");
        }
        return longForm(id.substring(0, 15));
    }

    static boolean isId(String text) {
        return SHAPE.matcher(text).matches();
    }

    private static String longForm(String id) {
        StringBuilder text = new StringBuilder(id);
        for (int chunk = 0; chunk < 3; chunk++) {
            int bits = 0;
            for (int i = 0; i < 5; i++) {
                if (Character.isUpperCase(id.charAt(chunk * 5 + i))) {
                    bits |= 1 << i;
                }
            }
            text.append(CHECK.charAt(bits));
        }
        return text.toString();
    }
}
