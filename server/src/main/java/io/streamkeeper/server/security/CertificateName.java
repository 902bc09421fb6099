package io.streamkeeper.server.security;

import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/**
 * The name that a client certificate has in rules: {@value #PREFIX}, the kind, an equals sign, and the value. The kind is
 * the first of these of which the certificate has any; it must have exactly one of it:
 *
 * <pre>
 *   URI      of the subject alternative name      cert:URI=spiffe://example.org/ingest
 *   DNS      of the subject alternative name      cert:DNS=ingest.example.org, in lower case
 *   EMAIL    of the subject alternative name      cert:EMAIL=alice@example.org
 *   CN       common name of the subject           cert:CN=ingest
 * </pre>
 *
 * So a subject is not considered where a certificate has an alternative name (RFC 9525 section 6.1), because some issuers
 * verify only the alternative names of a request; and a name of one kind never equals one of another kind, or the name of
 * a token.
 */
final class CertificateName {
    /** Begins the names of certificates. Names of tokens do not begin so. */
    static final String PREFIX = "cert:";

    /** The kind of the name that is the digest of one certificate, for rules that refuse it. */
    private static final String DIGEST = "SHA256=";

    private static final Pattern NAME = Pattern.compile("cert:((URI|DNS|EMAIL|CN)=\\S+|SHA256=[0-9a-f]{64})");

    private static final int LENGTH_MAX = 256;
    private static final int EMAIL_TYPE = 1;
    private static final int DNS_TYPE = 2;
    private static final int URI_TYPE = 6;

    private CertificateName() {}

    /** Whether a text has the form of such a name, or of that of one certificate. */
    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /**
     * The name of a certificate.
     *
     * @throws IllegalArgumentException if it has no name, or more than one
     */
    static String of(X509Certificate certificate) {
        for (Kind kind : Kind.values()) {
            List<String> values = kind.values(certificate);
            if (values.size() > 1) {
                throw new IllegalArgumentException(
                        "the certificate has " + values.size() + " names of the kind " + kind + "; expected one");
            }
            if (!values.isEmpty()) {
                return PREFIX + kind + "=" + checked(kind, values.get(0));
            }
        }
        throw new IllegalArgumentException(
                "the certificate has no name; expected a URI, a DNS name, an e-mail address or a common name");
    }

    /** The name of exactly this certificate. */
    static String digest(X509Certificate certificate) {
        try {
            return PREFIX
                    + DIGEST
                    + TokenDigest.ofContent(certificate.getEncoded()).hex();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a verified certificate has an encoding", e);
        }
    }

    /** A name is one visible word, as rules need it, so that none looks like another one. */
    private static String checked(Kind kind, String value) {
        boolean isWord = !value.isEmpty()
                && value.length() <= LENGTH_MAX
                && value.codePoints().allMatch(CertificateName::isVisible);
        if (!isWord) {
            throw new IllegalArgumentException("the certificate has a name of the kind " + kind + " with "
                    + value.length() + " characters that is not one word; expected at most " + LENGTH_MAX
                    + " visible characters");
        }
        return kind == Kind.DNS ? value.toLowerCase(Locale.ROOT) : value;
    }

    private static boolean isVisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private enum Kind {
        URI(URI_TYPE),
        DNS(DNS_TYPE),
        EMAIL(EMAIL_TYPE),
        CN(0);

        private final int type;

        Kind(int type) {
            this.type = type;
        }

        List<String> values(X509Certificate certificate) {
            return this == CN ? commonNames(certificate.getSubjectX500Principal()) : alternativeNames(certificate);
        }

        private List<String> alternativeNames(X509Certificate certificate) {
            try {
                Collection<List<?>> names = certificate.getSubjectAlternativeNames();
                List<String> values = new ArrayList<>();
                for (List<?> name : names == null ? List.<List<?>>of() : names) {
                    if (name.get(0).equals(type)) {
                        values.add((String) name.get(1));
                    }
                }
                return values;
            } catch (CertificateParsingException e) {
                throw new IllegalArgumentException("the alternative names of the certificate cannot be read", e);
            }
        }

        private static List<String> commonNames(X500Principal subject) {
            try {
                List<String> values = new ArrayList<>();
                for (Rdn part : new LdapName(subject.getName(X500Principal.RFC2253)).getRdns()) {
                    NamingEnumeration<? extends Attribute> attributes =
                            part.toAttributes().getAll();
                    while (attributes.hasMore()) {
                        Attribute attribute = attributes.next();
                        if (attribute.getID().equalsIgnoreCase("CN")) {
                            addTexts(attribute, values);
                        }
                    }
                }
                return values;
            } catch (InvalidNameException e) {
                throw new IllegalArgumentException("the subject of the certificate cannot be read", e);
            } catch (NamingException e) {
                throw new IllegalArgumentException("the subject of the certificate cannot be read: " + e, e);
            }
        }

        private static void addTexts(Attribute attribute, List<String> values) throws NamingException {
            for (int i = 0; i < attribute.size(); i++) {
                // A value that is no text, which makes the name invalid.
                values.add(attribute.get(i) instanceof String text ? text : "");
            }
        }
    }
}
