// libcrypto 3, and what of it takes variadic or generic parameters wrapped into plain functions.
#pragma once
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

/// HKDF (RFC 5869), extract and expand; 1 when it worked.
static inline int lifeos_hkdf(
    const EVP_MD *digest, const unsigned char *key, int key_length, const unsigned char *salt, int salt_length,
    const unsigned char *info, int info_length, unsigned char *output, size_t output_length)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
    int worked = context != NULL && EVP_PKEY_derive_init(context) == 1
        && EVP_PKEY_CTX_set_hkdf_md(context, digest) == 1
        && EVP_PKEY_CTX_set1_hkdf_salt(context, salt, salt_length) == 1
        && EVP_PKEY_CTX_set1_hkdf_key(context, key, key_length) == 1
        && EVP_PKEY_CTX_add1_hkdf_info(context, info, info_length) == 1
        && EVP_PKEY_derive(context, output, &output_length) == 1;
    EVP_PKEY_CTX_free(context);
    return worked;
}
