package io.streamkeeper.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamkeeper.protocol.Digits;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/**
 * What a member answers to others that ask who it is: lines of a word and a value, further ones of which a later version may
 * have.
 *
 * @param cluster the name of its cluster
 * @param group identifies the log of its cluster
 * @param member its name
 * @param timeMillis its time, since 1970
 */
record PeerGreeting(String cluster, UUID group, String member, long timeMillis) {
    byte[] bytes() {
        return ("cluster " + cluster + "\ngroup " + group + "\nmember " + member + "\ntime " + timeMillis + "\n")
                .getBytes(UTF_8);
    }

    /**
     * Reads an answer.
     *
     * @throws IOException if a member of another version has answered something else
     */
    static PeerGreeting parse(byte[] answer) throws IOException {
        List<String> lines = new String(answer, UTF_8).lines().toList();
        try {
            return new PeerGreeting(
                    value(lines, "cluster "),
                    UUID.fromString(value(lines, "group ")),
                    value(lines, "member "),
                    Digits.toLong(value(lines, "time ")));
        } catch (IllegalArgumentException e) {
            throw new IOException("the answer of another member cannot be read", e);
        }
    }

    private static String value(List<String> lines, String word) throws IOException {
        return lines.stream()
                .filter(line -> line.startsWith(word))
                .map(line -> line.substring(word.length()))
                .findFirst()
                .orElseThrow(
                        () -> new IOException("the answer of another member has no line \"" + word.strip() + "\""));
    }
}
