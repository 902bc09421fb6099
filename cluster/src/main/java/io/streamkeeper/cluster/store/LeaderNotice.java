package io.streamkeeper.cluster.store;

import io.streamkeeper.protocol.Digits;
import java.util.List;

/**
 * What a leader logs when its epoch begins, so that all members know it.
 *
 * <pre>
 *   member NAME
 *   url URL
 *   shards NUMBER
 * </pre>
 *
 * @param member its name
 * @param url the URL at which clients and other members reach its streams, without a slash at the end
 * @param shards the number of its shards, which is that of all members
 */
record LeaderNotice(String member, String url, int shards) {
    List<String> lines() {
        return List.of("member " + member, "url " + url, "shards " + shards);
    }

    String text() {
        return String.join("\n", lines()) + "\n";
    }

    static LeaderNotice parse(String text) {
        return of(text.lines().toList());
    }

    /** Lines of other words, which a later version may have, are ignored. */
    static LeaderNotice of(List<String> lines) {
        return new LeaderNotice(value(lines, "member "), value(lines, "url "), Digits.toInt(value(lines, "shards ")));
    }

    private static String value(List<String> lines, String word) {
        return lines.stream()
                .filter(line -> line.startsWith(word))
                .map(line -> line.substring(word.length()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no line \"" + word.strip() + "\""));
    }
}
