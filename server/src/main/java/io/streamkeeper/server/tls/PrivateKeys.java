package io.streamkeeper.server.tls;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads private keys in the three forms that tools write: PKCS #8 ({@code PRIVATE KEY}), PKCS #1 ({@code RSA PRIVATE
 * KEY}) and SEC 1 ({@code EC PRIVATE KEY}). The JDK reads the first one only, and the other two are its content:
 *
 * <pre>
 *   SEQUENCE { INTEGER 0, SEQUENCE { OID of the algorithm, its parameters }, OCTET STRING { PKCS #1 or SEC 1 } }
 * </pre>
 */
final class PrivateKeys {
    private static final List<String> ALGORITHMS = List.of("RSA", "EC");

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int PARAMETERS = 0xa0;

    private static final byte[] VERSION = hex("020100");
    private static final byte[] RSA = hex("300d06092a864886f70d0101010500");
    private static final byte[] EC_OID = hex("06072a8648ce3d0201");

    private PrivateKeys() {}

    /**
     * The only key of a file.
     *
     * @param name the setting and the path, for messages
     * @throws TlsException if the file has no key, more than one, or one that cannot be used
     */
    static PrivateKey of(String name, PemFile file) {
        List<PemFile.Block> keys = file.blocks().stream()
                .filter(block -> block.label().endsWith("PRIVATE KEY"))
                .toList();
        if (keys.size() != 1) {
            throw new TlsException(name + " has " + (keys.isEmpty() ? "no" : keys.size()) + " private key"
                    + (keys.size() > 1 ? "s" : "")
                    + "; expected one, between the lines -----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY-----");
        }
        PemFile.Block key = keys.get(0);
        return parse(name + ", line " + key.line(), pkcs8(name, key));
    }

    private static byte[] pkcs8(String name, PemFile.Block key) {
        try {
            return switch (key.label()) {
                case "PRIVATE KEY" -> key.bytes();
                case "RSA PRIVATE KEY" -> wrapped(RSA, key.bytes());
                case "EC PRIVATE KEY" -> wrapped(tagged(SEQUENCE, joined(EC_OID, curve(key.bytes()))), key.bytes());
                default ->
                    throw new TlsException(name + ", line " + key.line() + ": the key is of the kind " + key.label()
                            + "; expected a key without a password, such as openssl pkey writes");
            };
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw damaged(name + ", line " + key.line(), e);
        }
    }

    /** Reads a key, which names its algorithm. */
    private static PrivateKey parse(String place, byte[] pkcs8) {
        GeneralSecurityException last = null;
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                last = e;
            }
        }
        throw damaged(place, last);
    }

    private static TlsException damaged(String place, @Nullable Throwable cause) {
        return new TlsException(
                place + ": the private key cannot be read; expected an RSA key, or an EC key of a named curve", cause);
    }

    // ---- DER ----

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return tagged(SEQUENCE, joined(VERSION, algorithm, tagged(OCTET_STRING, key)));
    }

    /** The object identifier of the curve in a SEC 1 key: its element with the tag [0]. */
    private static byte[] curve(byte[] sec1) {
        ByteBuffer in = ByteBuffer.wrap(sec1);
        ByteBuffer fields = element(in, SEQUENCE);
        while (fields.hasRemaining()) {
            int tag = fields.get(fields.position()) & 0xff;
            ByteBuffer content = element(fields, tag);
            if (tag == PARAMETERS) {
                byte[] curve = new byte[content.remaining()];
                content.get(curve);
                return curve;
            }
        }
        throw new IllegalArgumentException("a SEC 1 key without a curve");
    }

    /** The content of the next element, which has {@code tag}. */
    private static ByteBuffer element(ByteBuffer in, int tag) {
        if ((in.get() & 0xff) != tag) {
            throw new IllegalArgumentException("an element of another kind");
        }
        int length = in.get() & 0xff;
        if (length >= 0x80) {
            int bytes = length - 0x80;
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << Byte.SIZE | (in.get() & 0xff);
            }
        }
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("an element of " + length + " bytes, of which the key has fewer");
        }
        ByteBuffer content = in.slice(in.position(), length);
        in.position(in.position() + length);
        return content;
    }

    /** An element with its length in the shortest form, which DER requires. */
    private static byte[] tagged(int tag, byte[] content) {
        int length = content.length;
        byte[] head;
        if (length < 0x80) {
            head = new byte[] {(byte) tag, (byte) length};
        } else if (length < 0x100) {
            head = new byte[] {(byte) tag, (byte) 0x81, (byte) length};
        } else {
            head = new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> Byte.SIZE), (byte) length};
        }
        return joined(head, content);
    }

    private static byte[] joined(byte[]... parts) {
        byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
