package io.streamkeeper.server.tls;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.streamkeeper.protocol.files.Identity;
import java.security.GeneralSecurityException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Identities of servers and clients, made once for each name. */
public final class Identities {
    private static final ConcurrentMap<String, Identity> MADE = new ConcurrentHashMap<>();

    private Identities() {}

    /** An identity with an EC key. */
    public static Identity of(String name) {
        return of(name, "EC");
    }

    /** An identity with a key of {@code algorithm}. */
    public static Identity of(String name, String algorithm) {
        return MADE.computeIfAbsent(
                name + " " + algorithm, key -> Identity.make("CN=" + name, algorithm, "ip:127.0.0.1,dns:localhost"));
    }

    /** An identity with a subject, and the alternative names in {@code others}, such as {@code dns:a,uri:b}. */
    public static Identity named(String subject, String others) {
        return MADE.computeIfAbsent(subject + " " + others, key -> Identity.make(subject, "EC", others));
    }

    /** What a client needs that trusts every server, and has {@code own} if that is not null. */
    public static SSLContext client(@Nullable Identity own) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            if (own != null) {
                keys.init(own.store(), Identity.PASSWORD.toCharArray());
            }
            context.init(
                    own == null ? null : keys.getKeyManagers(),
                    InsecureTrustManagerFactory.INSTANCE.getTrustManagers(),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
