package io.github.keywharf.aws;

import io.github.keywharf.internal.Cut;
import java.util.regex.Pattern;

/**
 * Checks names before they reach a request or a key.
 *
 * @see <a href="https://docs.aws.amazon.com/appflow/1.0/APIReference/API_StartFlow.html">StartFlow, for the limits</a>
 */
final class FlowNames {
    private static final Pattern FLOW = Pattern.compile("[a-zA-Z0-9][A-Za-z0-9_!@#.-]{1,255}");
    private static final Pattern EXECUTION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,255}");
    private static final Pattern TOKEN = Pattern.compile("[ -~]{1,256}");
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,255}");

    private FlowNames() {}

    static String flow(String name) {
        return check(FLOW, name, "the name of a flow: 2 to 256 letters, digits and characters of _!@#.-");
    }

    static String execution(String id) {
        return check(EXECUTION, id, "the id of a run: 1 to 256 letters, digits, hyphens and underscores");
    }

    static String token(String token) {
        return check(TOKEN, token, "a client token: 1 to 256 printable ASCII characters");
    }

    static String type(String type) {
        return check(TYPE, type, "a flow type: 1 to 256 letters, digits and characters of _.-");
    }

    private static String check(Pattern pattern, String text, String what) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + Cut.printable(text, 60) + "' is not " + what);
        }
        return text;
    }
}
