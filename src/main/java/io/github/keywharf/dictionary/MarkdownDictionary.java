package io.github.keywharf.dictionary;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes a dictionary as Markdown. Names, comments and notes are escaped, so that they are never markup. */
final class MarkdownDictionary {
    private static final String ESCAPED = "\\`*[]{}|~#!$";

    private final StringBuilder text = new StringBuilder();
    private final Map<String, DictionaryNote> notes;

    private MarkdownDictionary(Map<String, DictionaryNote> notes) {
        this.notes = notes;
    }

    static String render(DataDictionary dictionary) {
        return new MarkdownDictionary(dictionary.notesByPath()).whole(dictionary);
    }

    private String whole(DataDictionary dictionary) {
        line("# Data dictionary of " + escaped(dictionary.cluster()));
        line("");
        line(escaped(dictionary.summary()) + "; read " + dictionary.read() + "; "
                + escaped(dictionary.scope().toString()) + ".");
        dictionary.keyspaces().forEach(this::keyspace);
        if (!dictionary.roles().isEmpty()) {
            heading("## Roles");
            table(
                    List.of("role", "superuser", "login", "member of"),
                    dictionary.roles(),
                    role -> List.of(
                            role.name(),
                            role.superuser() ? "yes" : "",
                            role.login() ? "yes" : "",
                            role.memberOf()
                                    .map(roles -> String.join(", ", roles))
                                    .orElse("not known")));
        }
        // The grants of a superuser, who has one on each table it created, mean nothing.
        Set<String> superusers = dictionary.roles().stream()
                .filter(DictionaryRole::superuser)
                .map(DictionaryRole::name)
                .collect(Collectors.toSet());
        List<DictionaryGrant> grants = dictionary.grants().stream()
                .filter(grant -> !superusers.contains(grant.role()))
                .toList();
        if (!grants.isEmpty()) {
            heading("## Rights");
            table(
                    List.of("role", "resource", "may"),
                    grants,
                    grant -> List.of(grant.role(), grant.resource(), String.join(", ", grant.permissions())));
        }
        List<DictionaryNote> stray = dictionary.strayNotes();
        if (!stray.isEmpty()) {
            heading("## Notes about what is not here");
            table(List.of("about", "note", "by"), stray, note -> List.of(note.path(), note.text(), note.by()));
        }
        return text.toString();
    }

    private void keyspace(DictionaryKeyspace keyspace) {
        heading("## " + escaped(keyspace.name()));
        line(escaped(keyspace.options().toString()) + (keyspace.whole() ? "" : "; shown in part") + ".");
        note(keyspace.name());
        keyspace.tables().forEach(this::table);
        for (DictionaryType type : keyspace.types()) {
            heading("### Type " + escaped(type.name()));
            table(List.of("field", "type"), type.fields(), field -> List.of(field.name(), field.type()));
        }
        if (!keyspace.functions().isEmpty() || !keyspace.aggregates().isEmpty()) {
            heading("### Functions of " + escaped(keyspace.name()));
            keyspace.functions().forEach(function -> line("- " + escaped(function.toString())));
            keyspace.aggregates().forEach(aggregate -> line("- aggregate " + escaped(aggregate.toString())));
        }
    }

    private void table(DictionaryTable table) {
        heading("### " + escaped(table.path()));
        table.view().ifPresent(view -> paragraph("Materialised " + escaped(view.toString()) + "."));
        if (!table.comment().isEmpty()) {
            paragraph(escaped(table.comment()));
        }
        note(table.path());
        paragraph("Key: " + escaped(table.key())
                + table.size().map(size -> "; " + escaped(size.toString())).orElse("") + ".");
        table(
                List.of("column", "type", "part of key", "mask", "note"),
                table.columns(),
                column -> List.of(
                        column.name(),
                        column.type(),
                        column.kind() == DictionaryColumn.Kind.REGULAR ? "" : column.role(),
                        column.mask().orElse(""),
                        noteText(table.path() + "." + column.name())));
        if (!table.indexes().isEmpty()) {
            line("");
            table.indexes().forEach(index -> line("- index " + escaped(index.toString())));
        }
    }

    private void note(String path) {
        String note = noteText(path);
        if (!note.isEmpty()) {
            paragraph("Note: " + escaped(note));
        }
    }

    private String noteText(String path) {
        DictionaryNote note = notes.get(path);
        return note == null ? "" : note.text() + " (" + note.by() + ")";
    }

    private <T> void table(List<String> header, List<T> rows, Function<T, List<String>> cells) {
        line("");
        row(header);
        line(header.stream().map(title -> "---").collect(Collectors.joining("|", "|", "|")));
        rows.forEach(row -> row(cells.apply(row)));
    }

    private void row(List<String> cells) {
        line(cells.stream().map(MarkdownDictionary::escaped).collect(Collectors.joining(" | ", "| ", " |")));
    }

    private void heading(String heading) {
        line("");
        line(heading);
        line("");
    }

    private void paragraph(String paragraph) {
        line("");
        line(paragraph);
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    /** Returns the text on one line, with the characters escaped that Markdown or HTML would interpret. */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        String line = Texts.line(text).strip();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '_' -> escaped.append(insideWord(line, i) ? "_" : "\\_");
                default -> escaped.append(ESCAPED.indexOf(c) >= 0 ? "\\" : "").append(c);
            }
        }
        // At the beginning of a line these would be a list, a heading's underline or a quotation.
        boolean marker = !line.isEmpty() && "+-=".indexOf(line.charAt(0)) >= 0;
        return (marker ? "\\" : "") + escaped;
    }

    /** Returns true for an underscore inside a word, which is not emphasis. */
    private static boolean insideWord(String line, int at) {
        return at > 0
                && at < line.length() - 1
                && Character.isLetterOrDigit(line.charAt(at - 1))
                && Character.isLetterOrDigit(line.charAt(at + 1));
    }
}
