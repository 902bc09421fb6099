package io.streamkeeper.server.longrun;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.files.Identity;
import io.streamkeeper.server.security.NewToken;
import io.streamkeeper.server.tls.Identities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Who may use a server, and its certificate: files that are replaced while it runs. Each client of a world may do
 * everything below its own name, always; the intruder may do nothing, and its token comes and goes. Safe for use by any
 * thread.
 */
final class Access {
    /** How the clients of one start are known. */
    enum Kind {
        OPEN,
        TOKENS,
        TOKENS_OVER_TLS
    }

    private static final String INTRUDER = "intruder";
    private static final String OPERATOR = "operator";
    private static final String BEARER = "Authorization: Bearer ";
    private static final List<String> IDENTITIES = List.of("longrun-one", "longrun-two");

    private final Path folder;
    private final Map<String, NewToken> tokens = new HashMap<>();
    private int changes;

    Access(Path folder, List<String> clients) throws IOException {
        this.folder = Files.createDirectories(folder);
        clients.forEach(client -> tokens.put(client, NewToken.make(client, null)));
        tokens.put(INTRUDER, NewToken.make(INTRUDER, null));
        tokens.put(OPERATOR, NewToken.make(OPERATOR, null));
        writeTokens(new Random(0), true);
        writePolicy("");
        writeIdentity();
    }

    /** The field with the token of a client. */
    String field(String client) {
        return BEARER + tokens.get(client).token();
    }

    /** The field of one who may administer the server, and nothing else. */
    String fieldOfOperator() {
        return field(OPERATOR);
    }

    /** Credentials that allow nothing; null for none. */
    List<String> fieldsOfIntruder() {
        return List.of(field(INTRUDER), BEARER + NewToken.make(INTRUDER, null).token(), "X-Nothing: 1");
    }

    /** Fails if a text, or the audit log, contains a token or a part of the private key. */
    void assertNoSecretIn(String output) throws IOException {
        Path audit = folder.resolve("audit");
        String all = output + (Files.exists(audit) ? Files.readString(audit) : "");
        for (NewToken token : tokens.values()) {
            assertThat(all).doesNotContain(token.token());
        }
        assertThat(all).doesNotContain("PRIVATE KEY");
    }

    List<String> flags(Kind kind) {
        List<String> flags = new ArrayList<>();
        if (kind != Kind.OPEN) {
            flags.add("--token-file=" + folder.resolve("tokens"));
            flags.add("--policy-file=" + folder.resolve("policy"));
            flags.add("--audit-log=" + folder.resolve("audit"));
        }
        if (kind == Kind.TOKENS_OVER_TLS) {
            flags.add("--tls-cert=" + folder.resolve("cert.pem"));
            flags.add("--tls-key=" + folder.resolve("key.pem"));
        }
        return flags;
    }

    /** Replaces one of the files, or puts one there that is not valid and has no effect. */
    synchronized void change(Random random, Kind kind, Reach reach) throws IOException {
        changes++;
        switch (random.nextInt(kind == Kind.TOKENS_OVER_TLS ? 4 : 3)) {
            case 0 -> {
                writeTokens(random, random.nextBoolean());
                reach.count("access: tokens replaced");
            }
            case 1 -> {
                writePolicy("# change " + changes + "\n" + (random.nextBoolean() ? "refuse " + INTRUDER + "\n" : ""));
                reach.count("access: rules replaced");
            }
            case 2 -> {
                replace("policy", "allow everybody everything\n");
                reach.count("access: rules that are not valid");
            }
            default -> {
                writeIdentity();
                reach.count("access: certificate replaced");
            }
        }
    }

    /** Makes all files valid, so that a server can start with them. */
    synchronized void repair() throws IOException {
        writePolicy("");
    }

    private void writeTokens(Random random, boolean withIntruder) throws IOException {
        List<String> lines = new ArrayList<>();
        tokens.forEach((name, token) -> {
            if (withIntruder || !name.equals(INTRUDER)) {
                lines.add(token.line());
            }
        });
        Collections.shuffle(lines, random);
        replace("tokens", String.join("\n", lines));
    }

    private void writePolicy(String first) throws IOException {
        replace(
                "policy",
                first
                        + "allow * all {sub}/**\nallow * subscribe __ds/subscriptions/{sub}-*\nallow operator admin **\n");
    }

    private void writeIdentity() throws IOException {
        Identity identity = Identities.of(IDENTITIES.get(changes % IDENTITIES.size()));
        replace("cert.pem", identity.certificatePem());
        replace("key.pem", identity.keyPem());
    }

    private void replace(String name, String content) throws IOException {
        Path made = Files.writeString(folder.resolve(name + ".new"), content);
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
        Files.move(made, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
