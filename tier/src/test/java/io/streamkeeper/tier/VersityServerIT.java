package io.streamkeeper.tier;

/** The packaged server with versitygw. */
class VersityServerIT extends ServerIT {
    @Override
    S3Server.Kind kind() {
        return S3Server.Kind.VERSITYGW;
    }
}
