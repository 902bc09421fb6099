package io.streamkeeper.server.security;

import io.streamkeeper.protocol.Utf8;
import io.streamkeeper.storage.disk.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * Reads files of the security configuration. One that contains secrets must belong to its owner alone; one that others
 * may write decides nothing. Blocks; used by threads that may.
 */
final class SecretFile {
    private static final int BYTES_MAX = 16 << 20;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");
    private static final Set<PosixFilePermission> OTHERS_WRITE = PosixFilePermissions.fromString("----w--w-");

    private SecretFile() {}

    /**
     * Reads a file that contains secrets.
     *
     * @throws IOException if it cannot be read, or others may read or write it; the message names it and the remedy
     */
    static byte[] readSecret(Path file) throws IOException {
        return read(file, OTHERS, "contains secrets, so it must be for its owner only; run chmod 600 " + file);
    }

    /**
     * Reads a file that contains rules.
     *
     * @throws IOException if it cannot be read, or others may write it; the message names it and the remedy
     */
    static byte[] readRules(Path file) throws IOException {
        return read(
                file, OTHERS_WRITE, "decides who may do what, so only its owner may write it; run chmod go-w " + file);
    }

    private static byte[] read(Path file, Set<PosixFilePermission> refused, String reason) throws IOException {
        try {
            Set<PosixFilePermission> permissions = permissions(file);
            for (PosixFilePermission permission : permissions) {
                if (refused.contains(permission)) {
                    throw new IOException(
                            file + " has the mode " + PosixFilePermissions.toString(permissions) + ", but " + reason);
                }
            }
            if (Files.isDirectory(file)) {
                throw new IOException(file + " is a directory; expected a file");
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(BYTES_MAX + 1);
                if (bytes.length > BYTES_MAX) {
                    throw new IOException(file + " is longer than " + BYTES_MAX + " bytes; expected a file with rules");
                }
                return bytes;
            }
        } catch (IOException e) {
            throw FileProblem.explained(e, file);
        }
    }

    private static Set<PosixFilePermission> permissions(Path file) throws IOException {
        try {
            return Files.getPosixFilePermissions(file);
        } catch (UnsupportedOperationException e) {
            // The file system has no modes.
            return Set.of();
        }
    }

    /**
     * The lines of a file; a byte order mark at its beginning, which some editors write, is none of its text.
     *
     * @throws IllegalArgumentException if it is not UTF-8
     */
    static List<String> lines(byte[] bytes) {
        String text = text(bytes);
        return text.substring(text.startsWith(BYTE_ORDER_MARK) ? 1 : 0).lines().toList();
    }

    /**
     * The text of a file.
     *
     * @throws IllegalArgumentException if it is not UTF-8
     */
    static String text(byte[] bytes) {
        String text = Utf8.decode(bytes, bytes.length);
        if (text == null) {
            throw new IllegalArgumentException("the file is not UTF-8");
        }
        return text;
    }
}
