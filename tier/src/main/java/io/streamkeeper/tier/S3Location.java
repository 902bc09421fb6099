package io.streamkeeper.tier;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place for objects: {@code s3://bucket} or {@code s3://bucket/prefix}.
 *
 * @param bucket the name of the bucket
 * @param prefix what all keys begin with: empty, or ends with a slash
 */
record S3Location(String bucket, String prefix) {
    /** Characters of keys that need no encoding anywhere. */
    private static final Pattern FORM =
            Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/((?:[A-Za-z0-9._-]+/?)*))?");

    /**
     * The place that a URL names.
     *
     * @throws IllegalArgumentException if it is not of this form; the message contains what was expected
     */
    static S3Location of(URI url) {
        Matcher matcher = FORM.matcher(url.toString());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "tier is \"" + url
                            + "\", expected s3://bucket or s3://bucket/prefix, of letters, digits, dots, hyphens and underscores");
        }
        String path = matcher.group(2) == null ? "" : matcher.group(2);
        return new S3Location(matcher.group(1), path.isEmpty() || path.endsWith("/") ? path : path + "/");
    }
}
