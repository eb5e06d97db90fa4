package rok.s3;

/** The kinds of request, as they are counted. */
enum Operation {
    PUT,
    GET,
    HEAD,
    LIST,
    DELETE,
    MULTIPART;

    boolean isWrite() {
        return switch (this) {
            case PUT, DELETE, MULTIPART -> true;
            case GET, HEAD, LIST -> false;
        };
    }
}
