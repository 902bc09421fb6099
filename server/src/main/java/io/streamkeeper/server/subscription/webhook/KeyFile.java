package io.streamkeeper.server.subscription.webhook;

import io.streamkeeper.protocol.Base64Url;
import io.streamkeeper.protocol.Ed25519;
import io.streamkeeper.storage.disk.FileModes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file with the keys of webhooks, for its owner only. It is replaced as a whole: a crash leaves the old file or the
 * new one. All methods block.
 *
 * <pre>
 *   streamkeeper webhook keys 1
 *   signs ds_…      seed      public key
 *   verifies ds_…   public key   secret of tokens   2026-05-09T00:00:00Z      any number, the last replaced first
 *   sha256 digest of all text before this line
 * </pre>
 *
 * Bytes are in base64url.
 */
final class KeyFile {
    /** Begins the first line, and no other. */
    static final String TITLE = "streamkeeper webhook keys ";

    private static final String VERSION = "1";
    private static final Pattern TITLE_LINE = Pattern.compile(TITLE + "([0-9]{1,9})");
    private static final String SIGNS = "signs";
    private static final String VERIFIES = "verifies";
    private static final String DIGEST = "sha256 ";
    private static final int SIGNS_WORDS = 4;
    private static final int VERIFIES_WORDS = 5;

    private static final String REMEDY =
            "; restore it from a backup, or delete it, and the server makes a new key, which"
                    + " receivers fetch when they see its id";

    private KeyFile() {}

    /**
     * Replaces the file.
     *
     * @throws IOException if that fails; the file may be the old one or the new one
     */
    static void write(Path file, KeySet keys) throws IOException {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent(), "no file replaces the root");
        Path temporary = directory.resolve(file.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        try (FileChannel channel = FileChannel.open(
                temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), FileModes.SECRET)) {
            ByteBuffer bytes = ByteBuffer.wrap(text(keys).getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** The text of the file. */
    static String text(KeySet keys) {
        StringBuilder text = new StringBuilder(TITLE).append(VERSION).append('\n');
        VerifyingKey current = keys.current().verifying();
        line(text, SIGNS, current.id(), Base64Url.encode(keys.current().seed()), current.publicText());
        for (KeySet.Retired each : keys.retired()) {
            VerifyingKey key = each.key();
            line(
                    text,
                    VERIFIES,
                    key.id(),
                    key.publicText(),
                    key.tokenSecretText(),
                    Instant.ofEpochMilli(each.millis()));
        }
        return text + DIGEST + digest(text.toString()) + "\n";
    }

    private static void line(StringBuilder text, Object... words) {
        for (int i = 0; i < words.length; i++) {
            text.append(i == 0 ? "" : " ").append(words[i]);
        }
        text.append('\n');
    }

    /**
     * The keys in the lines of a file.
     *
     * @throws IllegalArgumentException if they are not valid; the message contains the remedy and no secret
     */
    static KeySet parse(List<String> lines) {
        Matcher title = TITLE_LINE.matcher(lines.isEmpty() ? "" : lines.get(0));
        if (!title.matches()) {
            throw new IllegalArgumentException("its first line is not \"" + TITLE + VERSION
                    + "\", so it is no file of webhook keys; name another file, or move this one away");
        }
        String version = title.group(1);
        if (!version.equals(VERSION)) {
            throw new IllegalArgumentException("it has version " + version + "; expected " + VERSION
                    + ": start the server that has written it, or a newer one");
        }
        String content = String.join("\n", lines.subList(0, lines.size() - 1)) + "\n";
        if (!lines.get(lines.size() - 1).equals(DIGEST + digest(content))) {
            throw new IllegalArgumentException("the digest in its last line does not match: it is damaged" + REMEDY);
        }
        return keys(lines.subList(1, lines.size() - 1));
    }

    private static KeySet keys(List<String> lines) {
        SigningKey current = null;
        List<KeySet.Retired> retired = new ArrayList<>();
        try {
            for (String line : lines) {
                String[] words = line.split(" ", -1);
                if (words[0].equals(SIGNS) && words.length == SIGNS_WORDS && current == null) {
                    current = SigningKey.of(bytes(words[3]), bytes(words[2]));
                } else if (words[0].equals(VERIFIES) && words.length == VERIFIES_WORDS) {
                    VerifyingKey key = VerifyingKey.of(bytes(words[2]), bytes(words[3]));
                    retired.add(new KeySet.Retired(key, Instant.parse(words[4]).toEpochMilli()));
                } else {
                    throw new IllegalArgumentException("it has a line that is not known");
                }
            }
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("a line of it is not valid" + REMEDY, e);
        }
        if (current == null) {
            throw new IllegalArgumentException("it has no key that signs" + REMEDY);
        }
        return new KeySet(current, retired);
    }

    private static byte[] bytes(String text) {
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        if (bytes.length != Ed25519.KEY_BYTES) {
            throw new IllegalArgumentException("a key has another length");
        }
        return bytes;
    }

    private static String digest(String text) {
        try {
            return Base64Url.encode(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
