/* The OpenSSL headers for use beside base/err.h. OpenSSL has a type called ERR_STATE, our
 * error enum a value of that name; here the type gets another one. Include this before any
 * other header that brings OpenSSL in (libwebsockets.h does). */
#ifndef CRYPT_OPENSSL_H
#define CRYPT_OPENSSL_H

#define ERR_STATE openssl_err_state
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#undef ERR_STATE
#undef SRTP_AES128_CM_SHA1_80 /* macros of the same value; ours are enumerators in dtls.h */
#undef SRTP_AEAD_AES_128_GCM

#endif
