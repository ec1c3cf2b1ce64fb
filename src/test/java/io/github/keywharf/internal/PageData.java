package io.github.keywharf.internal;

/** The JSON in a page of ours. */
public final class PageData {
    private static final String START = "<script type=\"application/json\" id=\"data\">";

    private PageData() {}

    /** What a browser takes for the data: all up to the next sign of an end, whoever wrote that. */
    public static String of(String html) {
        int from = html.indexOf(START) + START.length();
        return html.substring(from, html.toLowerCase(java.util.Locale.ROOT).indexOf("</script", from));
    }
}
