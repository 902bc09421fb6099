package io.streamkeeper.server.config;

import static io.streamkeeper.server.config.OptionalFile.NONE;
import static io.streamkeeper.server.setting.SettingGroup.LISTENING;

import io.streamkeeper.server.setting.Choice;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Text;
import java.util.List;

/**
 * The files with which clients recognise the server, and the server its clients. The server reads them when it starts,
 * and again when they change.
 *
 * @param certificateFile PEM file with the server's certificate, followed by those of its issuers; {@code none} for
 *     connections without TLS
 * @param keyFile PEM file with the private key of that certificate, not encrypted
 * @param clientCaFile PEM file with the certificates of those who issue certificates to clients; {@code none} to
 *     request no certificate
 * @param clientCertificates what a client without a certificate gets, if certificates are requested
 */
public record TlsConfig(
        String certificateFile, String keyFile, String clientCaFile, ClientCertificates clientCertificates) {
    private static final Text FILE = OptionalFile.type("none or the path of a PEM file");

    private static final Setting<String> CERTIFICATE_FILE = new Setting<>(
            LISTENING,
            "tls-cert",
            FILE,
            NONE,
            "PEM file with the server's certificate and those of its issuers; clients connect with TLS only. Read again"
                    + " when it changes.");

    private static final Setting<String> KEY_FILE = new Setting<>(
            LISTENING, "tls-key", FILE, NONE, "PEM file with the private key of the certificate, not encrypted.");

    private static final Setting<String> CLIENT_CA_FILE = new Setting<>(
            LISTENING,
            "tls-client-ca",
            FILE,
            NONE,
            "PEM file with the certificates of those who issue certificates to clients.");

    private static final Setting<ClientCertificates> CLIENT_CERTIFICATES = new Setting<>(
            LISTENING,
            "tls-client-certs",
            Choice.of("a rule for clients without a certificate", "RULE", ClientCertificates.values()),
            "required",
            "required or optional: whether a client without a certificate is refused, if tls-client-ca is set.");

    static final List<Setting<?>> SETTINGS = List.of(CERTIFICATE_FILE, KEY_FILE, CLIENT_CA_FILE, CLIENT_CERTIFICATES);

    /** What a client without a certificate gets. */
    public enum ClientCertificates {
        /** Its connection is refused. */
        REQUIRED,
        /** It is served like any other. */
        OPTIONAL
    }

    /**
     * Checks the form of the values. {@link #check} compares them with each other.
     *
     * @param certificateFile {@code none} or a path
     * @param keyFile {@code none} or a path
     * @param clientCaFile {@code none} or a path
     * @param clientCertificates any
     * @throws IllegalArgumentException if a path is blank
     */
    public TlsConfig {
        CERTIFICATE_FILE.check(certificateFile);
        KEY_FILE.check(keyFile);
        CLIENT_CA_FILE.check(clientCaFile);
    }

    /** {@return whether clients connect with TLS} */
    public boolean isOn() {
        return !certificateFile.equals(NONE);
    }

    /** {@return whether clients are asked for a certificate} */
    public boolean hasClientCa() {
        return !clientCaFile.equals(NONE);
    }

    /** {@return whether a client needs a certificate to be served} */
    public boolean authenticates() {
        return isOn() && hasClientCa() && clientCertificates == ClientCertificates.REQUIRED;
    }

    /**
     * Compares the values with each other, when the server starts.
     *
     * @throws IllegalArgumentException if one is missing that another needs
     */
    public void check() {
        boolean hasKey = !keyFile.equals(NONE);
        if (isOn() != hasKey) {
            throw new IllegalArgumentException(
                    "tls-cert is " + certificateFile + " and tls-key is " + keyFile + "; expected both files, or none");
        }
        if (hasClientCa() && !isOn()) {
            throw new IllegalArgumentException("tls-client-ca is " + clientCaFile
                    + ", but tls-cert is none; expected tls-cert and tls-key too, because only TLS has certificates");
        }
    }

    static TlsConfig of(SettingValues values) {
        return new TlsConfig(
                values.get(CERTIFICATE_FILE),
                values.get(KEY_FILE),
                values.get(CLIENT_CA_FILE),
                values.get(CLIENT_CERTIFICATES));
    }

    void copyTo(SettingValues values) {
        new Builder(values)
                .certificateFile(certificateFile)
                .keyFile(keyFile)
                .clientCaFile(clientCaFile)
                .clientCertificates(clientCertificates);
    }

    /** {@return the defaults: no TLS} */
    public static TlsConfig defaults() {
        return of(new SettingValues());
    }

    /** Changes the files of TLS, within {@link ServerConfig.Builder#tls}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param certificateFile PEM file with the server's certificate, followed by those of its issuers; {@code none}
         *     for connections without TLS
         */
        public Builder certificateFile(String certificateFile) {
            values.set(CERTIFICATE_FILE, certificateFile);
            return this;
        }

        /**
         * {@return this}
         *
         * @param keyFile PEM file with the private key of the certificate, not encrypted
         */
        public Builder keyFile(String keyFile) {
            values.set(KEY_FILE, keyFile);
            return this;
        }

        /**
         * {@return this}
         *
         * @param clientCaFile PEM file with the certificates of those who issue certificates to clients; {@code none} to
         *     request no certificate
         */
        public Builder clientCaFile(String clientCaFile) {
            values.set(CLIENT_CA_FILE, clientCaFile);
            return this;
        }

        /**
         * {@return this}
         *
         * @param clientCertificates what a client without a certificate gets, if certificates are requested
         */
        public Builder clientCertificates(ClientCertificates clientCertificates) {
            values.set(CLIENT_CERTIFICATES, clientCertificates);
            return this;
        }
    }
}
