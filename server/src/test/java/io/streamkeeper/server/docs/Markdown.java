package io.streamkeeper.server.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a Markdown document that tests use: fenced blocks, headings and links.
 *
 * @param path where it is
 * @param blocks its fenced blocks
 * @param prose its lines outside of them, each empty where a block is, so that the indexes are those of the document
 */
record Markdown(Path path, List<Block> blocks, List<String> prose) {
    private static final Pattern FENCE = Pattern.compile("( *)(`{3,}|~{3,})\\s*(\\S*).*");
    private static final Pattern HEADING = Pattern.compile("#{1,6}\\s+(.*?)\\s*#*");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");
    private static final Pattern TARGET =
            Pattern.compile("\\]\\(\\s*<?([^)\\s>]+)|\\b(?:src|href|srcset)=\"([^\"\\s]+)");
    private static final Pattern MARKUP = Pattern.compile("\\[([^\\]]*)\\]\\([^)]*\\)|[`*]");
    private static final Pattern NOT_OF_AN_ANCHOR = Pattern.compile("[^\\p{L}\\p{N} _-]");

    /**
     * A fenced block.
     *
     * @param language the word after the fence; empty for none
     * @param line the number of the block's first line within the document
     * @param lines what is between the fences
     */
    record Block(String language, int line, List<String> lines) {}

    /**
     * The target of a link or an image.
     *
     * @param line the number of its line
     * @param target the address, as it is written
     */
    record Link(int line, String target) {}

    static Markdown read(Path path) throws IOException {
        return parse(path, Files.readString(path));
    }

    /**
     * Reads the text of a document.
     *
     * @throws IllegalArgumentException if a block does not end
     */
    static Markdown parse(Path path, String text) {
        List<Block> blocks = new ArrayList<>();
        List<String> prose = new ArrayList<>();
        List<String> lines = text.lines().toList();
        int index = 0;
        while (index < lines.size()) {
            Matcher fence = FENCE.matcher(lines.get(index));
            if (!fence.matches()) {
                prose.add(lines.get(index++));
                continue;
            }
            int end = index + 1;
            while (end < lines.size() && !lines.get(end).strip().equals(fence.group(2))) {
                end++;
            }
            if (end == lines.size()) {
                throw new IllegalArgumentException(path + ":" + (index + 1) + ": the block does not end");
            }
            int indent = fence.group(1).length();
            blocks.add(new Block(
                    fence.group(3),
                    index + 2,
                    lines.subList(index + 1, end).stream()
                            .map(line -> withoutIndent(line, indent))
                            .toList()));
            for (; index <= end; index++) {
                prose.add("");
            }
        }
        return new Markdown(path, List.copyOf(blocks), List.copyOf(prose));
    }

    /** A block within a list is indented, and so are its lines. */
    private static String withoutIndent(String line, int indent) {
        int spaces = 0;
        while (spaces < Math.min(indent, line.length()) && line.charAt(spaces) == ' ') {
            spaces++;
        }
        return line.substring(spaces);
    }

    String name() {
        return String.valueOf(path.getFileName());
    }

    List<Block> blocks(String language) {
        return blocks.stream()
                .filter(block -> block.language().equals(language))
                .toList();
    }

    List<Link> links() {
        List<Link> links = new ArrayList<>();
        for (int index = 0; index < prose.size(); index++) {
            int line = index + 1;
            TARGET.matcher(CODE.matcher(prose.get(index)).replaceAll("`"))
                    .results()
                    .forEach(match -> links.add(new Link(line, target(match))));
        }
        return links;
    }

    private static String target(MatchResult match) {
        return match.group(1) == null ? match.group(2) : match.group(1);
    }

    /** The anchors of the headings, as GitHub generates them. */
    Set<String> anchors() {
        Set<String> anchors = new HashSet<>();
        for (String line : prose) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                String text = MARKUP.matcher(heading.group(1)).replaceAll("$1").toLowerCase(Locale.ROOT);
                String anchor = NOT_OF_AN_ANCHOR.matcher(text).replaceAll("").replace(' ', '-');
                String unique = anchor;
                for (int again = 1; !anchors.add(unique); again++) {
                    unique = anchor + "-" + again;
                }
            }
        }
        return anchors;
    }
}
