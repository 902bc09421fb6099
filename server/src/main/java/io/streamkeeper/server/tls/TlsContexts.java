package io.streamkeeper.server.tls;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.streamkeeper.server.config.TlsConfig.ClientCertificates;
import io.streamkeeper.storage.disk.Clock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates what connections need for TLS from the content of its files, and refuses files with which no handshake could
 * succeed. BoringSSL or OpenSSL is used if {@code netty-tcnative} is on the class path, else the JDK.
 */
final class TlsContexts {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);

    /** Sessions that clients may resume, if the server has to remember them; a client with a ticket needs none. */
    private static final int SESSIONS_MAX = 4_096;

    private static final byte[] SAMPLE = {1};

    private TlsContexts() {}

    /**
     * Creates the context of a server.
     *
     * @throws TlsException if the files cannot be used
     */
    static TlsContext of(TlsFiles files, ClientCertificates rule) {
        X509Certificate[] chain = certificates(files.certificate());
        PrivateKey key = PrivateKeys.of(files.key().name(), PemFile.of(files.key()));
        checkPair(files, chain[0].getPublicKey(), key);
        warn(files, chain[0]);
        SslContextBuilder builder = SslContextBuilder.forServer(key, chain)
                .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2,
                        ApplicationProtocolNames.HTTP_1_1))
                .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .sessionCacheSize(SESSIONS_MAX);
        ClientTrust trust = files.clientCa() == null ? null : trust(files.clientCa());
        if (trust != null) {
            builder.trustManager(trust.manager())
                    .clientAuth(rule == ClientCertificates.REQUIRED ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
        }
        try {
            return new TlsContext(builder.build(), trust);
        } catch (SSLException | RuntimeException e) {
            throw new TlsException(
                    files.certificate().name() + " and " + files.key().name() + " cannot be used for TLS: "
                            + e.getMessage(),
                    e);
        }
    }

    private static ClientTrust trust(TlsFiles.Content file) {
        try {
            return ClientTrust.of(certificates(file));
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsException(file.name() + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static X509Certificate[] certificates(TlsFiles.Content file) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (PemFile.Block block : PemFile.of(file).blocks()) {
            if (block.label().equals("CERTIFICATE")) {
                certificates.add(certificate(file, block));
            }
        }
        if (certificates.isEmpty()) {
            throw new TlsException(file.name() + " has no certificate; expected one or more, between the lines"
                    + " -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----");
        }
        return certificates.toArray(X509Certificate[]::new);
    }

    private static X509Certificate certificate(TlsFiles.Content file, PemFile.Block block) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.bytes()));
        } catch (CertificateException e) {
            throw new TlsException(
                    file.name() + ", line " + block.line() + ": the certificate cannot be read; expected one as X.509",
                    e);
        }
    }

    /** Signs with the key, because no handshake can succeed if the certificate is that of another key. */
    private static void checkPair(TlsFiles files, PublicKey certified, PrivateKey key) {
        boolean fits = false;
        try {
            if (certified.getAlgorithm().equals(key.getAlgorithm())) {
                Signature signature =
                        Signature.getInstance(key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
                signature.initSign(key);
                signature.update(SAMPLE);
                byte[] signed = signature.sign();
                signature.initVerify(certified);
                signature.update(SAMPLE);
                fits = signature.verify(signed);
            }
        } catch (InvalidKeyException e) {
            throw new TlsException(files.key().name() + " has a key that cannot sign: " + e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            LOG.debug("the key does not fit the certificate", e);
        }
        if (!fits) {
            throw new TlsException(files.key().name() + " is not the key of the first certificate in "
                    + files.certificate().name() + "; expected the key with which that was requested");
        }
    }

    /** Warns of what is allowed and probably not intended. */
    private static void warn(TlsFiles files, X509Certificate certificate) {
        Instant now = Instant.ofEpochMilli(Clock.SYSTEM.nowMillis());
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            LOG.warn(
                    "the certificate in {} expired at {}; clients will refuse it",
                    files.certificate().name(),
                    certificate.getNotAfter().toInstant());
        } else if (now.isBefore(certificate.getNotBefore().toInstant())) {
            LOG.warn(
                    "the certificate in {} is not valid before {}; clients will refuse it, unless the clock of this"
                            + " machine is wrong",
                    files.certificate().name(),
                    certificate.getNotBefore().toInstant());
        }
        try {
            if (Files.getPosixFilePermissions(files.key().path()).contains(PosixFilePermission.OTHERS_READ)) {
                LOG.warn(
                        "every user of this machine can read {}; expected mode 0600",
                        files.key().name());
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("the mode of {} cannot be read", files.key().name(), e);
        }
    }
}
