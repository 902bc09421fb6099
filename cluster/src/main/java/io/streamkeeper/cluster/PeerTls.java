package io.streamkeeper.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Mutual TLS between members: each proves its identity to the other. PEM files, read at the start.
 *
 * @param certificate the certificate of this member, followed by its issuers
 * @param key its private key, PKCS#8
 * @param authorities the certificates that issue those of the members
 */
public record PeerTls(Path certificate, Path key, Path authorities) {
    /** Refuses files that do not exist or cannot be read, by their names. */
    void requireFiles() throws IOException {
        for (Path file : List.of(certificate, key, authorities)) {
            if (!Files.isReadable(file)) {
                throw new IOException(file + " cannot be read; expected a PEM file for TLS between the members");
            }
        }
    }
}
