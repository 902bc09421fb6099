package io.streamkeeper.server.security;

import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs tokens in tests, by the JVM alone, with a key of each algorithm. */
public enum JwtSigner {
    SECRET("HS256"),
    RSA("RS256"),
    EC("ES256"),
    ED25519("EdDSA");

    private static final byte[] SECRET_BYTES = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int EC_BYTES = 32;

    private final String algorithm;
    /** Null for the secret. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final KeyPair pair;

    JwtSigner(String algorithm) {
        this.algorithm = algorithm;
        this.pair = pair(algorithm);
    }

    private static KeyPair pair(String algorithm) {
        try {
            switch (algorithm) {
                case "RS256" -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                    generator.initialize(2_048);
                    return generator.generateKeyPair();
                }
                case "ES256" -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                    generator.initialize(new ECGenParameterSpec("secp256r1"));
                    return generator.generateKeyPair();
                }
                case "EdDSA" -> {
                    return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
                }
                default -> {
                    return null;
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A token of this key. */
    public String sign(Map<String, Object> claims) {
        return sign(Map.of(), claims);
    }

    /** A token of this key whose header has further members. */
    public String sign(Map<String, Object> header, Map<String, Object> claims) {
        Map<String, Object> all = new LinkedHashMap<>(Map.of("alg", algorithm));
        all.putAll(header);
        String signed = base64(json(all)) + "." + base64(json(claims));
        return signed + "." + Base64URL.encode(signature(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    static String signWithHeader(String name, Object value, Map<String, Object> claims) {
        return SECRET.sign(Map.of(name, value), claims);
    }

    /** A token of HS256 with any secret. */
    static String signWithSecret(byte[] secret, Map<String, Object> claims) {
        String signed = base64("{\"alg\":\"HS256\"}") + "." + base64(json(claims));
        return signed + "." + Base64URL.encode(mac(secret, signed.getBytes(StandardCharsets.US_ASCII)));
    }

    static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String json(Map<String, Object> members) {
        return com.nimbusds.jose.util.JSONObjectUtils.toJSONString(members);
    }

    private byte[] signature(byte[] signed) {
        try {
            if (pair == null) {
                return mac(SECRET_BYTES, signed);
            }
            Signature signature = Signature.getInstance(
                    switch (algorithm) {
                        case "RS256" -> "SHA256withRSA";
                        case "ES256" -> "SHA256withECDSAinP1363Format";
                        default -> "Ed25519";
                    });
            signature.initSign(pair.getPrivate());
            signature.update(signed);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] mac(byte[] secret, byte[] signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(signed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Keys of the same algorithm that do not verify its tokens. */
    JwtKeys otherKeys() {
        if (pair == null) {
            return JwtKeys.ofFile("fedcba9876543210fedcba9876543210".getBytes(StandardCharsets.US_ASCII));
        }
        return JwtKeys.ofFile(pem(pair(algorithm)).getBytes(StandardCharsets.US_ASCII));
    }

    private static String pem(KeyPair keys) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    /** The keys that verify its tokens. */
    JwtKeys keys() {
        return JwtKeys.ofFile(files().get(0).getBytes(StandardCharsets.UTF_8));
    }

    /** The key as a JWK. */
    public String jwk(String id) {
        String common = ",\"use\":\"sig\",\"kid\":\"" + id + "\"}";
        if (pair == null) {
            return "{\"kty\":\"oct\",\"k\":\"" + Base64URL.encode(SECRET_BYTES) + "\"" + common;
        }
        PublicKey key = pair.getPublic();
        if (key instanceof RSAPublicKey rsa) {
            return "{\"kty\":\"RSA\",\"n\":\"" + unsigned(rsa.getModulus()) + "\",\"e\":\""
                    + unsigned(rsa.getPublicExponent()) + "\"" + common;
        }
        if (key instanceof ECPublicKey ec) {
            return "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\""
                    + fixed(ec.getW().getAffineX()) + "\",\"y\":\""
                    + fixed(ec.getW().getAffineY()) + "\"" + common;
        }
        byte[] encoded = key.getEncoded();
        byte[] x = java.util.Arrays.copyOfRange(encoded, encoded.length - EC_BYTES, encoded.length);
        return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + Base64URL.encode(x) + "\"" + common;
    }

    private static String unsigned(BigInteger number) {
        return Base64URL.encode(number).toString();
    }

    private static String fixed(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] all = new byte[EC_BYTES];
        int count = Math.min(bytes.length, EC_BYTES);
        System.arraycopy(bytes, bytes.length - count, all, EC_BYTES - count, count);
        return Base64URL.encode(all).toString();
    }

    /** The forms of a file with its key. */
    public List<String> files() {
        String set = "{\"keys\":[" + jwk("a") + "]}";
        if (pair == null) {
            return List.of(new String(SECRET_BYTES, StandardCharsets.US_ASCII), jwk("a"), set);
        }
        return List.of(pem(pair), jwk("a"), set);
    }
}
