package io.github.keywharf.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A method and a path of a router, with their handler. */
record HttpRoute(String method, String path, List<Segment> segments, HttpHandler handler) {

    /** The order in which routes are tried: literals before parts, from left to right. */
    static final Comparator<HttpRoute> BY_PRECEDENCE = Comparator.comparing(HttpRoute::precedence);

    /**
     * Text between two slashes of a path.
     *
     * @param text literal, or the name of the part
     */
    private record Segment(String text, boolean isPart) {}

    static HttpRoute of(String method, String path, HttpHandler handler) {
        HttpHeaders.requireToken("method", method);
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("The path " + path + " does not begin with a slash");
        }
        List<Segment> segments = new ArrayList<>();
        Set<String> names = new HashSet<>();
        String[] texts = path.substring(1).split("/", -1);
        for (String text : texts) {
            boolean part = text.startsWith("{") && text.endsWith("}");
            String name = part ? text.substring(1, text.length() - 1) : text;
            if ((name.isEmpty() && texts.length > 1)
                    || name.contains("{")
                    || name.contains("}")
                    || (part && !names.add(name))) {
                throw new IllegalArgumentException("The path " + path + " has the segment '" + text
                        + "'; segments are text, or {name} with a name that occurs once");
            }
            segments.add(new Segment(name, part));
        }
        return new HttpRoute(method, path, List.copyOf(segments), handler);
    }

    boolean matches(List<String> actual) {
        if (actual.size() != segments.size()) {
            return false;
        }
        for (int i = 0; i < actual.size(); i++) {
            Segment segment = segments.get(i);
            String text = actual.get(i);
            if (segment.isPart() ? text.isEmpty() : !segment.text().equals(text)) {
                return false;
            }
        }
        return true;
    }

    void bind(List<String> actual, Map<String, String> parts) {
        for (int i = 0; i < actual.size(); i++) {
            if (segments.get(i).isPart()) {
                parts.put(segments.get(i).text(), actual.get(i));
            }
        }
    }

    /** The path without the names of its parts: equal for routes that match the same paths. */
    String shape() {
        StringBuilder shape = new StringBuilder();
        segments.forEach(segment -> shape.append('/').append(segment.isPart() ? "{}" : segment.text()));
        return shape.toString();
    }

    private String precedence() {
        StringBuilder order = new StringBuilder();
        segments.forEach(segment -> order.append(segment.isPart() ? '1' : '0'));
        return order.toString();
    }
}
