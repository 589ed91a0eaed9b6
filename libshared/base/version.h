// What every program says at --version.
#ifndef TDV_BASE_VERSION_H
#define TDV_BASE_VERSION_H

// Of all programs together; a packager may say another.
#ifndef TDV_VERSION
#define TDV_VERSION "0.1"
#endif

#endif
