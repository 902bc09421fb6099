package io.streamkeeper.server.tls;

import io.streamkeeper.server.config.TlsConfig;
import io.streamkeeper.storage.disk.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The content of the files of TLS at one moment. Two contents are equal if all files have the same bytes: so a change is
 * noticed however the files are replaced, including by a symbolic link and with an old modification time.
 *
 * @param certificate the file with the certificate of the server
 * @param key the file with its private key
 * @param clientCa the file with the certificates of those who issue certificates to clients; null for none
 */
record TlsFiles(Content certificate, Content key, @Nullable Content clientCa) {
    /** A file that is longer is not one of certificates. */
    private static final int BYTES_MAX = 1 << 20;

    /**
     * One file.
     *
     * @param name the setting and the path, for messages
     * @param path the file
     * @param text its content, one character for each byte; never part of a message
     */
    record Content(String name, Path path, String text) {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * Reads the files that the configuration names. Blocks.
     *
     * @throws TlsException if one cannot be read
     */
    static TlsFiles read(TlsConfig config) {
        return new TlsFiles(
                read("tls-cert", config.certificateFile()),
                read("tls-key", config.keyFile()),
                config.hasClientCa() ? read("tls-client-ca", config.clientCaFile()) : null);
    }

    private static Content read(String setting, String written) {
        Path path = path(setting, written);
        if (Files.isDirectory(path)) {
            throw new TlsException(setting + ": " + path + " is a directory; expected a PEM file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new TlsException(
                        setting + ": " + path + " has more than " + BYTES_MAX + " bytes; expected a PEM file");
            }
            return new Content(setting + " " + path, path, new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new TlsException(setting + ": " + FileProblem.text(e, path), e);
        }
    }

    private static Path path(String setting, String written) {
        try {
            return Path.of(written);
        } catch (InvalidPathException e) {
            throw new TlsException(setting + ": '" + written + "' is not a path: " + e.getReason(), e);
        }
    }
}
