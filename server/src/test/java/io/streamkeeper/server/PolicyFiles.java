package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The files of a packaged server that authenticates: tokens of alice and bob, a key of signed URLs, and rules by which
 * alice may do everything and everybody may read below {@code public/}.
 */
record PolicyFiles(Path folder) {
    static final String ALICE = "token-of-alice";
    static final String BOB = "token-of-bob";

    static PolicyFiles write(Path folder) throws IOException {
        PolicyFiles files = new PolicyFiles(folder);
        files.write("tokens", "alice " + digest(ALICE) + "\nbob " + digest(BOB) + "\n");
        files.write("policy", "allow alice all **\nallow anonymous read public/**\n");
        files.write("keys", "k1 abcdefghijklmnopqrstuvwxyz0123456789ABCDEF\n");
        return files;
    }

    private void write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static String digest(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The flags of the server. */
    List<String> flags() {
        return List.of(
                "--token-file=" + folder.resolve("tokens"),
                "--policy-file=" + folder.resolve("policy"),
                "--signing-keys=" + folder.resolve("keys"));
    }

    /** The query of a signed URL that allows reads of a path and below it, made by the command of the jar. */
    String signedQuery(String path) throws IOException, InterruptedException {
        Process sign = new ProcessBuilder(
                        PackagedServer.runningJava().toString(),
                        "-jar",
                        PackagedServer.jar().toString(),
                        "sign",
                        "--signing-keys=" + folder.resolve("keys"),
                        "--path=" + path,
                        "--below",
                        "--allow=read",
                        "--expires=1h")
                .redirectErrorStream(true)
                .start();
        String printed = new String(sign.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(sign.waitFor()).as(printed).isZero();
        return URI.create(printed).getRawQuery();
    }
}
