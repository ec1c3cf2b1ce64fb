package io.github.keywharf.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The fenced blocks of the project's texts. */
final class Markdown {
    private Markdown() {}

    /**
     * A fenced block.
     *
     * @param file where it stands
     * @param line the number of its opening fence, from 1
     * @param language the first word after the fence, or empty
     * @param marker what the HTML comment right before it says, or empty
     * @param text what is inside, each line ended
     */
    record Block(Path file, int line, String language, String marker, String text) {
        boolean isMarked(String word) {
            return marker.equals(word) || marker.startsWith(word + " with:");
        }

        /** What {@code <!-- run with: ... -->} puts before the block and the reader does not see. */
        String hidden() {
            int at = marker.indexOf("with:");
            return at < 0 ? "" : marker.substring(at + "with:".length()).strip();
        }

        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    /** The texts at the root and the pages under docs, as far as they exist. */
    static List<Path> pages(Path root) throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String name : List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md")) {
            if (Files.exists(root.resolve(name))) {
                pages.add(root.resolve(name));
            }
        }
        Path docs = root.resolve("docs");
        if (Files.isDirectory(docs)) {
            try (Stream<Path> files = Files.walk(docs)) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
            }
        }
        return pages;
    }

    static List<Block> blocksOf(Path root) throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path page : pages(root)) {
            blocks.addAll(blocks(root.relativize(page), Files.readAllLines(page)));
        }
        return blocks;
    }

    static List<Block> blocks(Path file, List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        String marker = "";
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.startsWith("<!--")) {
                StringBuilder comment = new StringBuilder(line);
                while (comment.indexOf("-->") < 0 && i + 1 < lines.size()) {
                    comment.append('\n').append(lines.get(++i));
                }
                marker = comment.substring(4).replaceFirst("-->\\s*$", "").strip();
            } else if (line.startsWith("```")) {
                int opened = i;
                int indent = lines.get(i).indexOf('`');
                StringBuilder text = new StringBuilder();
                while (++i < lines.size() && !lines.get(i).strip().equals("```")) {
                    String inside = lines.get(i);
                    text.append(inside.substring(Math.min(indent, indentOf(inside))))
                            .append('\n');
                }
                String language = line.substring(3).strip().split("\\s+", 2)[0];
                blocks.add(new Block(file, opened + 1, language, marker, text.toString()));
                marker = "";
            } else if (!line.isEmpty()) {
                marker = "";
            }
        }
        return blocks;
    }

    private static int indentOf(String line) {
        return line.length() - line.stripLeading().length();
    }
}
