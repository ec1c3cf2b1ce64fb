package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** How the CSV of a job is written: {@code columnDelimiter} and {@code lineEnding} of "Create a Job". */
record BulkFormat(String delimiterName, char delimiter, boolean crlf) {

    static BulkFormat of(ObjectNode job) {
        String name = job.path("columnDelimiter").asText("COMMA");
        char delimiter = switch (name) {
            case "COMMA" -> ',';
            case "TAB" -> '\t';
            case "SEMICOLON" -> ';';
            case "PIPE" -> '|';
            case "CARET" -> '^';
            case "BACKQUOTE" -> '`';
            default -> throw new Refusal(400, "INVALIDJOB", "InvalidJob : Unsupported columnDelimiter: " + name);
        };
        String ending = job.path("lineEnding").asText("LF");
        if (!ending.equals("LF") && !ending.equals("CRLF")) {
            throw new Refusal(400, "INVALIDJOB", "InvalidJob : Unsupported lineEnding: " + ending);
        }
        String type = job.path("contentType").asText("CSV");
        if (!type.equals("CSV")) {
            throw new Refusal(400, "INVALIDJOB", "InvalidJob : Unsupported contentType: " + type);
        }
        return new BulkFormat(name, delimiter, ending.equals("CRLF"));
    }

    void put(ObjectNode job) {
        job.put("concurrencyMode", "Parallel")
                .put("contentType", "CSV")
                .put("columnDelimiter", delimiterName)
                .put("lineEnding", crlf ? "CRLF" : "LF");
    }
}
