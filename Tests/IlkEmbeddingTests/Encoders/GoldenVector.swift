/// The vector that another implementation gave for some token ids, normalised, little-endian f32 in base64.
struct GoldenVector {
    var ids: [Int32]
    var base64: String

    /// multilingual-e5-small: f32 arithmetic over the dequantised weights of `e5-small-q4.bin`.
    static let e5 = [
        GoldenVector(
            ids: [
                0, 41, 1294, 12, 6, 41473, 35076, 10159, 243950, 90615, 2,
            ],
            base64: """
                wFy7PStnFLz8Lva83vlKvc/oiD3/DkC9WHUxuzqLKDz/zIA9QRO8uqIIST1tfjI7Lr4yPfKDKb1eb1G9R8mrOzPXMz2Lw1m9L+GL\
                vXHFir1uAIE9TgJlOXcgIbyXr+Y849KHPYKAaz0Miza9Or4sPHnvIz2nBLS9WOjePE67k71LY+o8g3lZvU2SvT1vNBs92RZUva4O\
                sL26drM94iAhvdUwsryxj6k8TUflPP+7tD2ZGEE9GQYHPYJ/gL0S3bO7cVmlvQi9SL25RwA7Ok1QPVx24zpkzzk97Wj3PNqBRL0o\
                Aga9GgXHvbohp70g1JU92jecPe90pzyqx8e87M1ePUbMkT1Bylk929FJPVlHXz3uaBK9VxQFvRpvC71zGRI9J9FcPP3hAr0S4Ro9\
                fyt+PDOxDz18gTS8+rpnPUTVWb13nY2927ckvIp0H71PS+I8A7dpvfmV2Dy8r4o9veJpvQiGXT3BkJW8lcLyPIgxhD0aVBa9H/LW\
                vOPjU71d0Ay9cNFJOxbpND1y9hM9zHF4vc5FnT21C1e9gtvkvByhlb1b1W29txcHPWAblj2GE6K9euSqPJXwhDukdAS9C53yPA3u\
                jT3Wils96q0mvYRYJ72tgGc8jj+xvd25yzw6AyO9PWonPLLZcb0O+3i9LBsMvLCribyEbY+9Bx0+PbU3kzxWUCw8WdEwvHbP8Dzn\
                y4Y9v7+cu5ITPD19Ghw8UqwEPQJqxbzPhZE7z+Nmu9u9Ib0nh0+8qtwfPfLTeL0GmF49S7FDPa+6CT0LQrk999Y2vTRcrj2kztK8\
                ASFIPCizZjsYULk9FcFkPTSiFD1q4oi9kXHWvOpbZrv89Y89uJgaPSOPFr24znq9GRu6vb5hp72aXmK9lx5tvakNMz2Viow9/0JK\
                vWdY1ryv2Pq8h1MhPRPQ6bzAq4o8EbGcvBFRUT0+mVq8FZ8MPS+T1z0Sz4M9WJs1uxCugDsugeq9gwIKvWD1Fr2jw+i8OyFvvZdH\
                SD08Au48/iEnvdHxB7zo9x09AXkAvWxyfb1RXjW9ILffPCa3HL1XWzE9/1O7uTW2lzzPwvm7YCpMvf7pKzxej3i8Aw6MPUAynbwQ\
                r7u9mxt4PKAdy7wV90k9mdRQPG/koL3yvL+9t+N3PR8q0r067q+866KNPGx7uzxWeHy90smNPV2P3TyZocy839dtujNfL72HSJc8\
                9gnQPSqAcz28ZR299EM2vADYyjxcJcO9ITeovAOR6jtmbd69vPSVvcHiwL0yMhK9x9XIu5j9FT29j8692CgQPKPL27zHooQ8nLBz\
                vWUxljymT2G9v8Mjvchj4TyMhue7xVF+PUN1bj3lqJK9y1Oxu0nCeb39gEy9oSTuPJJqqTzUqIY9HPujO1iUbT3y9hY9d7pzvPG/\
                oD2QhoM9+BZbPXEnhzziwqa9xjW+vOB/cL35+J+8dGA5vX9FYz3kb3Y9zbugvBLQzrz7A0W9uwPGPJCP3D3lSsi9i+qjvJeipjzA\
                4pU84vRkPOVphD1a5Yg9VFyAvSKM37wl6mU9eW8xvKRry7wIz1+9i5mDvacldj02tBy9A4A+PM02XD0F2Oy7aBR8PUYmgL2pAVk9\
                rAFKvYQMpLwlNZk9vN2cvMa0sL2cYCk9LOq4PHeVvzz2nG89JCViPa1PqT2zsTI9DWXyvPbI8Lw4JB89V05MPf3tfDsiTWE8mUFB\
                ve48hr1w50e90IwUvZHSbLxsraS9MITHPYt6tzyuLiK9kUIZvZ71rz15KYA9uwIbPOYf/bxDqeK8Jt6GPSWMi7xxxxu9HQ9Mva1+\
                hj0PvLW7ObZevSSSjTy/+WM94JY5veBEmTx0hEK7L1jQvcqBaD0OBb28NMGbvWxgRj3qMQA9N7b9vU2cgT3k8Vk9dlg8vV+FSjwP\
                phe9yyTEvRZ/tT12d/g8O3s9vYw3jbt5DbU9kj/YPBXzjT2sO3E88HHBvIVihrsLvl8955bMvQ0NVTtuhJo96X+ZvbZe3Twas9u7\
                RzfnvHOAwL3ClLc86+qJvZkxgL1S2jY9teT8PXFMoD0AyVQ9
                """),
        GoldenVector(
            ids: [
                0, 41, 1294, 12, 6, 46438, 24039, 149238, 21645, 5312, 2,
            ],
            base64: """
                WdUcPfm9jbxysoO8+m9UvR19lz2scEu9c5RNu0kfiT1W64k98oyHvCd3jrzLPKg7FffEPMT7+zxm/xK9CDcePa1Khz0qioy9BfZd\
                vQ18e71MfEQ9Na4kPNFLq71m0No8J2XXPXipIj1AbS+9qI+bPIm3CT0qKqy9cueovYvDmbzer409lkWcvae4oD0A8tQ8B7c1vd1Z\
                oL0IM4c9fR7IvGWl7jtBvK48E+8APEIg/D1WHk490+tAPbJ9Db0qEAc93daBvYi4Ob0qFXm8tAdVPQJzvjzM9hw96xyDPHHMor1d\
                Im29zFSSvTMmzr3Rfq89JTbUPXttETwinUs7TfwMPX6yrT2vPh49w0TDPGNIqTyWTES9JmzkvAflYr1bXb49Rl0LPWg6AL0LZ9I8\
                6sXaPDaNEjzdEcS87G55PSM8kLtJR3m9pRAovZlrbL00I808CJ6hvWC+Zj3005k9I7VVva7vCD3F12g7KnsBPYxkFD3JHMu8cMdg\
                vZ7Lub0SOE29PzymvHxSfD1bIlw9BNGuvKDdlj21WLW9FwbRvDA0sr3z5pC91oJIPX/v0D2WbCa9dGFkPZ/N6rx7ta283koAPQhh\
                hD0B6yc9WcmivXadp72XaSC7iOq3vCB1oDyw5Aq9oS4yPf2PIr0Bf2K915F5vboOer3iI6K9IzKHPMOwjTwQA9285C+9PS3ATT2s\
                rVg8P2wOOhdObT3zaV88aXiePeLAtbzJbLW8hOYkvUoDZLxv8IU72v5VPfjKF72TaI49cLrAuMq0jD3W9tA9FMemvcYBjz3gsz+8\
                W1jcOhxdJb3DLY89S/UuPZV/7TzhRmq9O2wnvWBkuDpLRkQ9ChGQPVHCR70BsoG9cBK5vTtbW70UbI29sXBtvR7Huj3aR709sL5L\
                vS+GUr3s8jK9ePyNPU9oozpaXbM8dNIbPRNjeT2efxa9nZiaO7vi8zxdZKc86KBrvd2igjwPX0u9fmCdvV4lSb38i+C8bkHAvBMm\
                sTxG4u88TuSTvLdJAL39a/k88AJbvQEfsrxEhQ+9OAgkPaOVO70miF89igfvPH8GCj04/fS8ym+BvU1+sDwqTW+8lEZxPS44A7yF\
                4ri9BxLKPPH2AL3rqgA9JkJZu1mQnL2YH469DTM0PVYhn70+tmC9sH/NPIhkCD02eBo9E+8APWDu7jsXhE28F/GdPJGKVb0gZLS7\
                bf70PYaTND3csYK9BN0jvc+GXD17Sp69EDoNvGqEI72ZoIG99JxevSkC0b3qsEI8Ol8HPVQrnTw1G3W9vdZvvM67i71jqio9uvnR\
                vSD7nz3H1B29T4zRu0vQOj3THTq92qI2Pd2oPz0fn6C9YcEiPArxnb3sA3+8FYA1PDMOXz3Y3p091ZssvfGaXD0AAxw9ocazvTqE\
                sD2zYOI8/AGPPa8GKDxmnZa9idxCvF64GL2BwV+9c4pJvQVNSz3pX1c9QGMrvTDfVbwXutK801JUPQYICz7C9ji8LOYxvJqUAj04\
                GCU9P4MXPNQ6Gz1yLDQ94xCWvWQ0/Lz9lxU9crrRu3gqYLxUJYC96tUbvd8EOj2wS169iXO5PAWT0TzDx5Y8YPdHPdY2pb1A33E9\
                5y5TvPqltDwOceI8ASSkvM+br70oSIw99VwQvXv9BD23doc8mR8pPRe1ID0OjJc8uDRIPDz8ML1TlTa7h0csPbdfPjzS8xg9w5NH\
                vQaCkL3KBJK9LWRJvS+oSrxpIzK9tFVOPbmTYz0KK6q9kUAovE5Ilj2fy1Q9IT2FvKfuBb0WJn29OSudPaSAvrxYsj67Iy8LvX2P\
                Xz3xlSq9ysiEvWrFkjvPzz49Y7fPuyx8Yj2iV529DiGIvXZNDT3O2Ly8njb0vGX6Cj14hXQ87qBovfYs4zwrAYw9nB4vvaacjz3y\
                s1G9LyhdvW/Xqz3LoFo5ZXA0vawUbL1ZMZw9UbSMPVheLT1F1Gk8C1H0PEr+cTw6XCs9VQOzvQZCVz2xelY9ZbdgvXz0oTwvuVu9\
                8/YRvWYAHr2XDqc8kEoRvVhRCL1j/bA8VMPDPTtmij2BXjg9
                """),
        GoldenVector(
            ids: [
                0, 41, 1294, 12, 2429, 5235, 1625, 19626, 55803, 8851, 753, 8466, 2,
            ],
            base64: """
                1cpEPQpl4TyZ7wW9H/21vciBkj2uVYG93TlePNWSzrxoCvg7QhazPLi/1D0IAI47pB3SPNj5Mr0f2/K8iDVrPQmwXj0PZB29coSB\
                vb06Ir0unBo9xpf/vJcOjDytNho9Li6PPYdjhz2Fa6S8WsHKujDisTygD4C94J38vLHVT705UJY81J6ivVbriT0J+WA9vHvLvdGl\
                ab1696w9jlVvvX0tHr2IOMw80XZMPQVJlD2LTlY90nKgPGZUpL1Agoc7XlKgvaHep7zk+Qy99PObPS91a7oJHjo9/f9TPTH4yr1c\
                VCu9dGKPvUF2qL3deeI8UNi/PfiCu7ySJIi8Bgm2PEDf1jxZcWU9We2bPS02Nz3rMGu9+aorvQgYAr0WjKW7ZYeduwxll7y/aOo7\
                PhoYu20UI72olw69C6GJPSP+HL2YL1S9M8Wsva4KWb0zQxQ9xiX9vNbVUz0HeKI9wHq8vcUSYD1CiNq80/hFPX8bPT3fG968H1Jn\
                vXVmwb1dWsO8U8nlvEQZKjtWPxs9t06CvUuqez10HAm8bpqIu2zI5L0wtN+85KUWPX3bwj32BZm9OHpmPYkt2LzS87i80QEuPXM2\
                Ez1lyEw9mdh8vXve6DsPPAi8ByB6vYw0jDxOzUq9iYmMPQ9Ud72ARrm9SHJ0vW4Rjb2lih291I9XPfYcIjwReQE9BJzUPO08Wz0Y\
                nlI96PN2u19ArzwPbEs9AwAMPSUyHb3FgNs855t+vT4RWr27N1W9l2qbPffwi71928I8ReeGPCoy3zyQPvc9oaMQvT7cpD1KuGs4\
                E8GjPXVEmbxAeUk9irrFPFfdiT1sMjm9tQ+evRBgTL22v249DEuNPXqbaL0IV0C9SYObvTELLb1Ed7+9tE4GvfgfND2Z8qE90GjG\
                vKTfPr1BtDu9i1mKPC6jfbyARBM9faqvOwfRWj25mUC8gY5bPWyUhT1NGn48vB8XPTJ2Ar2egLG9AlhuvXVnV72YvRG9bZGkvYUH\
                TTzV0AY8x4pQO4VneDxjLgQ86FdJvdBTo72G7o29zW1sPeKRuLzeY489lMAmPbxnkzyVqE07hrQhvSBoiz2HA9c8TwiIPSA7lD29\
                AUa9EtTVPJE/PbzhiCQ9Q2UtPTsjsL0wgga9wddhPXwxyr322HG74vtMPYdmYz2Lkmu8+ZyQPRZ9rz06E2m9hUbLPCtOdb0GZRq8\
                J4BnPfaFhj3+tTy9rACfvBHj9TyFfyy9zqMHvMUrP72gLMG9+1IkvZZfRr2rZoy8Te+HO9L/Mj1L+rW97Eyhuyf4Br2BDr49VYc8\
                vQzeAT14DgW98+jhvBjn1DxIcP68IVgVPSdrVD08B7C9dpLIvEhclr3yOXy9J9qFPVvqID2PGSg9KmbOOu7Abzyb90k8nWPlvOFM\
                hz2UJi89IB+5PTyZJD30bZG9yuu3vKCkRb1PgDe9aOgfvZ+xSj3lIG09PMdbvMl3Kb0zwJW9ACkAPTfJyj0I3rq9xiBGvbG9Gz1Q\
                jgI91rFFPWbPjz1l4Qs9GillvW/gxLuGKzY9CbEpvcIU5bx1TIe9gyulvYnT5DxR0qi8w39aPdZkVz0udnu7Rm8iPe4lnb1DSGw9\
                lb0gvZ3kPb37Ufk83erePHxkM70x2U49jTeDvFZmhT0G45Y7YNgQPWMxYD3jBZw9LYCUvThnxLwR/xA9th5UPX50ajzAnR88QBCF\
                vCZvQL3APES9tSuOvQsnqby3dTy9VkFxPftdWDv4cU+98M97vLTUUD1hzGw9kWMrPflLS72Rm5G9We6WPewtirxH5Ls75n9NvMsw\
                nj2ATye9synyvNmObj1YL3A9ICaxvSqgGj01Yka9YC2tvCpxXT1b2bS8TEfKvahtqDy9qvM8piHvvX+ggTtYumw9aJSuvH047TyE\
                YlC9UAcovYkUGT2Mj4U81/abvKMfDbxv0CM9jF89PWiMoDznjZM76I2OvWW4yzzXBAe88ZWavU93Hj2gi7Y9YdpcvHw40jxp2mo8\
                h2iZvXdX7Lyt4og9NiQJvVlAh72f4aI9wDCvPX7SPz3c8/w8
                """),
        GoldenVector(
            ids: [
                0, 41, 1294, 12, 581, 4378, 9319, 7, 165815, 26038, 1257, 1660, 496, 1019, 26847, 4, 77918, 37195,
                927, 23, 70, 192428, 4, 12960, 2843, 105207, 70, 186831, 23, 1940, 63928, 7, 678, 744, 136, 72464,
                1916, 22759, 1250, 131793, 132216, 7, 5, 1250, 131793, 144419, 13, 36461, 133, 105221, 10713,
                82990, 12441, 70, 7175, 23, 57, 22824, 678, 534, 4, 12960, 2843, 100, 21896, 17262, 35666, 13566,
                136, 192026, 214, 6626, 5, 9593, 17336, 13315, 669, 30883, 165490, 191, 49814, 305, 92759, 57,
                22824, 5, 581, 4378, 9319, 7, 13315, 2843, 60213, 71, 52129, 144419, 13, 3564, 823, 2822, 87416,
                4, 10, 8967, 6032, 502, 120324, 56, 2750, 509, 70, 186831, 25, 7, 36457, 80997, 57, 2594, 57724,
                678, 64584, 4, 33233, 678, 144419, 13, 3564, 3692, 53, 54511, 538, 4, 2750, 1902, 190, 57, 22824,
                23, 1660, 483, 4034, 7, 5, 873, 55380, 2856, 4, 6626, 111, 70, 4378, 9319, 7, 17262, 72134, 13315,
                12620, 1314, 3542, 2843, 133291, 47, 11301, 23, 70, 1250, 131793, 12, 14978, 104125, 136, 97702,
                1461, 7101, 538, 5, 104125, 375, 5974, 297, 190, 92759, 57, 22824, 4, 22759, 168861, 35666, 13566,
                4, 136, 22759, 1940, 63928, 7, 4, 12960, 1461, 7101, 538, 12441, 70, 7175, 23, 36461, 1577, 2858,
                56641, 168861, 6626, 35666, 13566, 4, 136, 1940, 19462, 297, 22759, 10922, 7, 111, 1919, 10002, 5,
                96220, 25, 7, 37526, 1294, 60213, 71, 1250, 131793, 81900, 54010, 70742, 669, 4, 2750, 12441, 70,
                7175, 678, 10, 80997, 11192, 59671, 1940, 63928, 7, 4, 12960, 2843, 673, 41324, 1257, 14073,
                36461, 1577, 136, 1250, 131793, 107767, 12620, 146393, 111413, 4, 2750, 126809, 3934, 10, 8633,
                18, 34695, 107767, 20271, 70, 34003, 136, 1902, 22759, 1940, 63928, 7, 4, 6626, 111, 3129, 3542,
                176377, 100, 23996, 34695, 7, 5, 2,
            ],
            base64: """
                RFR8Pc84gzxJwwS7lNumvXeYwDwDsQy91SIivPtiCj1ed5Q9KfHUPA3Dxz0/P2c9/PGIPQFrVb2r1RK9mdlCPHyhOz0GLzq9h/am\
                vYNvpb3HWo27urqIvBJEgr1ll5482seKPBI/1T2t+ty88hAhPaXiej080V+9ID4VvZPKL70b5tU8pD6UvbKMsz3eLrU9+lSvvZRw\
                vLz2zWI9HA6mO+qXiLtSTeQ8qVYVvPTM0T0U75s9UeUqPfyWb71OLuE8tYHFvGnBgL11oi69x1/fPdtNcLx7oUA92B7HPU3Xg72x\
                faK9Ujgsva3Uvbz72T496kZTPdCvEr2uyPm6pqgEPQlJ0D1Od0M9dIwVPWN4UT3mT7W9fMwMPcZrPr2GxCI96rI4PUFbc7wraP+7\
                XgiePJSihT3+JpS8qw/aPLvhiDtorni9rgYSvY+xub0UtKQ85m2WvW1itzz5hZc9m4CFvWyjcD33BbS9aiu7PRIafD2KsIy95zVW\
                vUapDr583sO85CF9vY3TkD20O2Q9yQEbvR7+mjw4ObK8yvYmPd9fs7zC6Gi9JZCHPeKgcz2lY/O83L1XPbPK8byhEle9ppwvvB7i\
                3zxvOEI9ntezvSVE1LzAFNQ7qDpEvX87Xz30mmi9M4ONPXzhRL1rNkW9RvPbvOLCtr2viNC8jSeCuwD4LD29K0w7Bxinu94nHT1q\
                MpM9kqgcPWEPdz1JHl49CV8uPdnacb232Mg8r3TjPI+kSbwL8Yi9JhTHPAstJr0Tjb883EzgPNJwijxY/kE9sWSYvJfskz2D2m+8\
                JdWCPaXgJL3/HCs9f3voujychT3dqyC9GRYovTehVb3g7lE8i0mJPHaPJ71/eRK9HUojvZA68LpbYI+9tEDGvRbJsjxywZk9fvje\
                vOLe4bzQDhO8O4xJvCVOmL3bpY08/vimvFwFzDwTgxu9kVGkPe/+mD1jS2o84xcevYXFsjznh7a9gRq4vciwT70KpyC9q5GyvX3y\
                lj3kA3G7BYcXPDqM7rzyNAo9Md7FvAIweb0wkse80KurPTFduL1Akgg96lc/PaZZBT3MrRW97Yv6vCfeQT1qLje8iAiUPUD6pjxH\
                9Ky9JXUiPf2DSL1HXzw9BTwkPaQtqL1m7pu9BrIoPSFsIr0Zlpq7MUROPJePpDy7QJ69y0FaPRmRqD1gc468mDPbPHLvq72aP+a8\
                /MkzPXJerT09Zju9ny3Wu1jPRD1D06i9QlYcvblVK73tQMK9K263vcoGyLwYpsA8KQqPPDGEEj012qC9tfSdvXHgOr2SlzU97USp\
                vWqnwT3rR3S9T+qLvKxBczuREQu9YOM/PZOEaTlPZ829paRHvc+qlb3yfLa99l+nvLGtWj3okJo9dJeEvLAApruVjNI8ncMwPXiS\
                2TzDnKA9KR0RPTZmiD0lt8G8SftavZrYd72jj548IH+0vVx2Yzo2sas9SR0TvXJZkL1ZQ1O9ptqCPSeQ6D24GM28OKYCvHsVWT0l\
                ZBY9XhT9PF1Yoj0TYg49y/fMvK/V+bxkMzE9TVZ7vIMbhLyfjJa7mFFMvaQHhD1VuXU8b0d4PTlJTjzJoCQ8ytXZPMgqADzmrE88\
                k2wavX1k6bzChmc9TtmUPeZJiDoMy588vH+ivBoBcD3LyuU7pEmTPbtvqz1ctSE8qNQbvdcGXbyZ+D49hcx1PVlafLyC2AM9uC0A\
                vFwXw70dQoC9L3ccvc3YxrxrTOO8+G+ePBPcYz1RbEC9EDCEvIi+ez309eG82gnlPEF7Or2CCce9mIg3PLY/0b3PNoK9gO/2vIbm\
                +jz0cAK83ox/vaWeqjtCG2U951J8veDhkTzsacc8OjVhu/0kyDw5n5W7w598vTtLVT0SlXc98Bi+vTsxEDvIm9c80PRNvZ3nmTsQ\
                XYC9U+UgvS9Qcj1Mkdc8wWNpveBMzLzFqbs8L048PSjrnDx2I4I9z8YlPMwRDTyM//G612WdvQTzZj18WzU9US3HvLsmpDss4T+8\
                N1ErvX8LHL3xrJM9Q9dPuzHtG71rmhc9ieVAPcK9cj32ppg8
                """),
    ]

    /// all-MiniLM-L6-v2: f32 arithmetic of another BERT.
    static let miniLM = [
        GoldenVector(
            ids: [
                101, 3919, 3886, 8667, 102,
            ],
            base64: """
                zDGvvbWmOT2wajU7SqiqPIYI07y6mXa8PEQNPUtJ9T166iy9QuXEvbAl/7zwbiC9cjejvAoYOLwzQ9m9sud8PLkRoLxQWSg8uN/r\
                vDBw/73SyEK9rqDEPKlKW7y1MLC70gstPRya7T3Fdcw8rvuyPXe8ibwVv068555fvduM7ry2yCy8lCNTvBPLVz3AhnG9dUGYPTH3\
                jz0eS0S4MprLvFjac7vHuGK9+qZfPVRopb12eF49VLL3PAv8F7wy/Ky9OLs1u6N+rT2w6Xy9L3Ckvd5dAj0rHIw90YyKPRjlPr3m\
                JzA8oE8kvRZjhTyGrkQ8zKfYPPWHsb1eDfU5sdDYPGk0Xj1fFxS9kVdRvRZekzvaTZW7I3gNvVjKzbzWNX+8ukDzvZDSEb1Wuju7\
                fB2CO5ykiT2kHGy9gMhsPGACtzyFuK29YAPiPGz29rv/EXy9U1Y4vZa+Dj6U02i8Ao85vJ42dDw5SyQ8R+GfvdFzkD2sPGG9V4QR\
                PW7OdzzyNgA6zToIvKbdfj3ljLK8+sP1PVLj7zrGcDA907GUvGWaf71HSmS9+7stvPX5AzwVhaI9jMKJvNGvbb3x4rM7FVJDvbAi\
                fr0jcWW9QV40PAdtA71JH6m7koklu+Aryr2Tp4E90PlfvGlRBD0WZKC9oyC4PFTOcryj8uW8JhokuQAAAIBFjkO9uoXuvIvKAT3z\
                NCW9Ny+TPVc2vTzgvm49doo1PaZfBz0g1vY8yUrdu+CjWTxEXO87JaeQvdqpObvU3C2+MXOmPIfKdbwMAHq7xATaPOFl4bu9iYY8\
                8B/mPGsDYb2tNCk8g7IavQo2hD3juvM8CtWCvbbbKT2YH248E1RjPf/6Uj3gECq8XwArvOnXhr10fmU7SILVvAF/nbka5fQ88kSQ\
                PEuVA7x05kO8mm2oPURdNT0VSWW9rxhfvd7cKT2HPD29rOYUPBIGVDzYRMs9L/ZDPRT/3Dzkyi89vdWEu8/nkjq8DcU8Yd5jOzbT\
                OD3B24i9Pm4hPj+oi7pO86k9cQbaPCJg/jyMJKs9rGTRPKeSATyHzww8Uc8svWNo0Lyeew88tG8TPHhKsr0U7Qo9KB9svVedcD19\
                MJo9+VNZvcbls712x/08w572PFuSSL1BSBY91vuyvH8SRDx5tuK8CIwavKluibyTTV68iWRjPZ/jKL1Isyg9BLk6PQAAAAB4Bcc9\
                k2oEPU1ydr3lK1w8Xg67u3I1srvg5dg8pap/vQkSgLqIDIA9rEOEPVgoiDnPhEY9jzWDPSpOej0dZTM8+fiEO4sEbr2g8rm8PqEN\
                u4TC+zsxYY88StrDvFB2jrrpLAa+m88UPc48xL2SEaa9B/YzvTWDMz1Ykvy8xUo2vd8iZrsGQ0K9yXM9vchsfzw7jTQ9awk+PaVy\
                6T0Puo+9kU4TPAWCpTswrRc6mx0pPUdI872ixHg8LM0SPZcerb0rHnK8Y6ExPagj27uotso8VmYqPV9cT7zLrxA9UnSuPCtzKbf4\
                +S+9pZUcvhA5gj07Az49X2vlPJEgYT1Pf6y75AeIPQQN7DzNsTc9WyV4vXEFTz0ix3G9M6awPemijD0qEbI8mZGLPCs9CTvWjQe+\
                O5VnPcRPgj3YqjO9tQTkPZnTpbx12oQ9b8eKO6tRuT1s2ns9N2ikvZTueDujvyE9WlATPV/i2byAgou7zpKbPDhvd72yxg+9O8un\
                vQAAAIAn5Lm96OT7Ojs9Sryd9/+7dLgRvS6BpTtfJoq7zc69PO4tm7vLANa9opmnPJAdijz1xZS8NEd7PZma6Ty98Dm9s7aZvVmx\
                rjmqgLs8ew2WvQm4sT3SCkK8G721PRmKoDwvuLC98xA3vcM5NLzau1A81isWvasPzz09Xk29RmxBuwqLZbyguZi6KPihPacIC73I\
                NIk6aYoAvefwf73Fy269cXH5PBjDBr02ao88DfGZvNsgyTym4jA9DwHBvZBfybz8z9C82jKFu4su1DzdNfI8iO0LPmF5hj2OoS08\
                +reLPXtQiz1NTp290kKove053zyPoSg9T60+PbQaVz10TiI7
                """),
        GoldenVector(
            ids: [
                101, 1026, 1013, 1055, 1028, 1026, 7308, 1028, 1026, 1055, 1028, 102,
            ],
            base64: """
                1ijau2g5lT0ZI+28Zp/HPGjpmj2EU9U723siPTICir2Ns0k9dsM2vKvYLj2giXC9RsXJPXok1Lz4h1I8ZRIaPDJ2Ir0bz8E95eSP\
                u4H31L1AELU9z7rrO5L2db18Wuq72czGvIV3iT3kfDu9PEsQvWx08zyCuKG85jyjvBX3ub3lW/Q90fSoPb1VF70rCC+80Oy6POzF\
                uz3IH7G8Jx0bPOf5+L1HMtC8o0gtu+ZiQrx4Y0G9Ml1jO1t++7zviRq8YeEkvV1Lzb0Jzo+8/eC3vS5ZNb2qOnU7VobMuf6tLrt2\
                voS9ZwP6vUw9Bj3J65y8sz8VPaJChb08G009galQPYguqDwVtao8m57xvRLcCD2FMsO8u5ySPelZ2r2t9eq6tgfLvXEocj2ZycE8\
                mtWWvDrnpzvdHFi9StroPZgDgz0auG09dM4vvTe1Ar3Od8s9gGKkPRWkjj2OpE69wnZGvY4MTbwb0QK98aiHvWykpr28vmU9xMFP\
                PaA7HL1jeIG9M8qOOwSDtTupNF29LwfgPRiz5TxVanY7XLUGvf4Mr7wk0cu68PBousH65Dz0NpY9V5fTPJQ8jb31pdI8kGXBvJvH\
                Ib1RiKu9Sft6vIyMBL3r2a09ChkjvA1SUD0bPqM9glHuO2YyHDxuIf692MKHu0bUXz17Bj69QGbMvAAAAIBYUD09VwmWPGR4bL0E\
                OhO9ePtiPDk02zx+N528MVpMvZCXP72Qj5w9hBJGPVk9Br6nl1O9dEY0Pe6Bsbz/Bzi9NbVsPJxdrbxIPd+8JWDvvTcQ3L21uww9\
                6U8RvQ8FWDvZiVw9PvmFPANm9Lx6IvO97v3XvDavij13Pzi79WNzPdqAvrueGEi8z+ouPJUxuT2KF3U97hupuoJnDD3YX5u8DaWb\
                vMAGBL1um5O9NKcmvaF13jwT+Qk8K9WqvAh9hD3K9ka8ABsQvC3Wqz2FC3k9UNwWvTbL5bwHJUw7UrF2vSL69bzIgEe8G8kPvbrD\
                YT0GsBK9hrzvPM+wIj1FZxm8GE9zvLQ+Zbur+FA8JwgovW1aBL1irru8BEyavR885Dzihb47EeBUPWkFGb4nqzi9rnEMvR3eWD3P\
                gWU6b3sHPSqYt73CSNS7Z4H2vPCUhL1N0ds72AuVvbSXCD256B+9RbSCPADTiL1G2Ka8nksnPF8TmD2JHEy92iDuvAAAAICuOZE8\
                5YSEPZ7SYb1KTIY9I42FvYjPQrwQ3Z090WoyPemQ5byb57g9tb84vfADRjwdi9K8aOMtveMlbj176HE8i5NRPSr+jz2Hg4m9h/Vr\
                vMPUxr05NvG8dga8PMqejj18wJe8fEi4PLC4nj1cJNg9P7RFvO7WjTtKm8U8z7kAPeGQl7xULMi7qebovFso9Dv9C2m9qO9LPX11\
                ejtqITc8cKmUu2YxMbzxho+7Wvg1PSwmW736gGC9zLaTPH+/mDy2L+A8L8onvWHHWrtRcZe9ySe/vLauR70kvBi80BSVPbctpb0s\
                jnk9AoJZPcgIqDseEBK9Q02ZvDWimr2b0eo8ecTNPUg/cL1sm129g2PgPG7oPL2ZFtC80GHePemfGz0H+lq9C2DKuA3xmTxDbxa9\
                Px0PvKv4hT385tm8Oj5aPVmp+7yZeoK7J0pnu+Z5SzouBX88eGFLPRhZh710oQ09g0dAvcf9nb14l4u9RGZzPXBrwTvc7IS9OaZ9\
                PQAAAID0z8I7lUIlvY/ghjxALEC89kwlvb54cD2JtA28yxbkvNWRiLx/ZN+7O/JxPdHJFz0VeW0897LIvHyjjD2MBES9Vog9vUvw\
                jD0MDI+8q5SevC0vD70/yLI6FwBZvcOUbTsMK0s7GEHjPKXIcL3Hf4E9pfm+PA373T2Ce1k91QlDPeUWKbxWaeY82Fn+PEiEa7sI\
                vCK9v1zwvEg8FL01y8o85y+ZOxiC0ryIdM49ioLPPIigmr0oWyk9443sPWSGl7xOS8e8JOBGu5Pqhj1lDL29ek/KPFEVgz3FIgE9\
                LABXvZZV/T0c6EY9zbsgO6SNkz1JRx49xyvQPckz1Ls/aji8
                """),
        GoldenVector(
            ids: [
                101, 100, 100, 100, 1916, 100, 100, 100, 100, 100, 24232, 1775, 1989, 100, 100, 100, 1746, 100,
                1795, 100, 100, 1989, 1794, 100, 1750, 100, 2484, 100, 100, 100, 100, 100, 1799, 1825, 100, 100,
                100, 100, 100, 1006, 5088, 1007, 1989, 100, 100, 1798, 100, 100, 100, 100, 100, 100, 1636, 100,
                100, 100, 100, 100, 100, 100, 100, 100, 1087, 100, 100, 100, 2340, 1775, 100, 100, 100, 100, 100,
                1989, 1794, 100, 100, 1873, 1741, 100, 100, 100, 100, 100, 1796, 100, 100, 100, 1862, 100, 100,
                1636, 100, 1916, 100, 100, 100, 1962, 100, 1087, 100, 100, 1910, 100, 100, 100, 1020, 13714, 100,
                100, 100, 1636, 100, 100, 100, 1916, 100, 100, 1742, 1873, 100, 100, 100, 100, 1916, 100, 100,
                100, 100, 100, 1962, 1848, 1087, 100, 100, 1989, 100, 100, 1753, 100, 100, 100, 100, 100, 1858,
                1989, 100, 100, 15407, 100, 100, 100, 1854, 100, 5088, 100, 100, 1910, 100, 1746, 1916, 100, 100,
                100, 100, 1636, 100, 1809, 100, 1873, 100, 1023, 100, 100, 100, 1746, 100, 100, 1743, 1019, 100,
                100, 100, 1916, 100, 100, 100, 100, 100, 100, 1087, 1762, 100, 1636, 100, 100, 100, 100, 100,
                1989, 100, 100, 100, 1916, 1741, 1795, 100, 100, 100, 100, 1746, 1873, 100, 1756, 100, 100, 100,
                100, 100, 100, 1993, 100, 100, 100, 1087, 100, 100, 100, 1796, 100, 100, 1087, 100, 100, 100,
                1636, 100, 100, 100, 100, 1854, 100, 1019, 13714, 100, 100, 100, 1635, 1798, 100, 100, 100, 100,
                100, 1796, 102,
            ],
            base64: """
                ghIwvPNqyjvO1LU8H1UjvagyMb3kVCG8tYLLvJHrSzzS0ku7a/abvEnkCT42P469i1SzPJoipTw2lcW8EMQevO31nr3Km808wJc9\
                vXIbaDwYT068r2rfvTKQ5zzVBTw79oujvHEqiDy2/gy90Dt/PcTkEj0ycwG82r/cvXX2/z32px67Srjrtzq7qzzIeBQ7mGV0OjVk\
                Nz17QoC8sOW1PTgfjbt4i9E6Gmc4PU3F4byQ8Y28mjNRPZCweb23wqq8UfeBvW+VbL22Jby8ggNaPeQpEL0zvhQ9AKecPCpBer2J\
                D0e9A+6EvY72LrwzLBA75GgOu6TWJT3bAvg8k4omvdwVtb3uQ/k8jJ2wPHYbj70q1wW9fIE0PGJZHzzhD5o8V8DOPO53CL0MskC9\
                gOTnvD1lNbzg74y9Xg/mvUoo7b19fYi9L4rePMZefj0c6pe90tO2vQc7aj19dK+9aZycvdXAID16l0G9jMlxPTksmD1DwbG81DIt\
                u+XoVj1ESW27nLDjPcaGrjzDySc9i+wZvZ+fmD2KcZO9mu3KvAxfmr3PBHm8fEx/vdQKg73Jfky8wafePIFFWTtnTvK76ws3vTFN\
                x7wSVGi9bx9DvYgq/DwxC+28qYokvVWWEj0snKQ88eQpPcEJO7x0FdG9WtGbvfBwdr0Q2RY92x8DuwAAAAAQehG7YeOKPehCtjz1\
                4wW94kjWPBktwb0m89k7H1yLvM1AAL1Fcy683PgOvSrPlzybMly92DFpvWatN70i6e682Pc8vUUrd731wvi6PmZWvWcUBj37YgU9\
                hKdGPNTw7byTtJG89IbgPPyjFLzYGRU70q+YvbHbpzxzPga6vGyFu+oTL71FnkS9GWVnvePJyTzfll491ejVu3k6V7w6Q0y6b339\
                vG/porwcgwS8zkEmPTwozT0iWRu8gMIPOptoITtTGos9CZa5vYvwkL25LVs7V4IgPCG/yLujtf08/QMbvfAPIL1s/im8cgyivd1Q\
                Zz3qhEY9xPg/vZNzvTujaRo9rrGwPcRuaTylw567DISTvMzV6juv2ou9ChZCvTkGCTxpV6E9DNJnvE7QSz0XU587K5XmvDRQ9DwU\
                cso81ixBvW8ch70XqWY6OVqKvaT0FjxOeqS9hhU4O2lz3D2cYAk9fjuJOwvVSL1PxcK9/IiEvDzy7DzM+C297TKXvAAAAIDKDIW9\
                wVllPSxdJr29Ixm81SapOwjH0btOXd48SXhsPbEOETwtwfO6J9LHPATTn7yGwIa9fWL4vB1gAb2aTgE9nfjFO+C2Iz7+Sde8HvG1\
                vGXAvjzQA8S8McwWvk+Wtbyo9/m8LJnYPdJ8hLscSwu+9bgUvClIlz2YXUG8m/wbvX0EfrqQerk9AwFXvczF6b04xqk7BDEavX+D\
                lr3vqZw7RIssvWbFi7zuQA0+Gf4YPcjo5TwqljY8y1KGPHmvWrxz0uC8U0cdPbfw3D1KPTC6gEeUvTRvC7wl/Pc7hPPpPEC7aLy8\
                Uhu9ba5VvSQPxL1bAhU7+FVZPQ83Fr2FLnc9mq7MuaKbfTypWsE8qJi5vFs0jj1GULa9ZDs/vbuiTz3swDk9VpadveGcbLxumDI9\
                ay3nvHo4wT3pMpC8cZZNPR0SiLysIUy9RqUHPfsZoz0wvKK9sozDuxiy+jxI83E9jh9qPUMWDr3IlXo8F00iPVYJ+7wy2B68KGTn\
                PZW/1rMWESo9B13ivYBipL2tSIG9GO1xvSTc2ry0h8e8mlBSvCZRDz3CkLA85K/au5zVJz19F4C9cOEKvU/FMr1eGKS9Z6POvHIr\
                iT3NcKg74E9IvS52273qEsS7yeyHPPPRBb5DGGS9mwHuPKcc2L02FRO9T9qqvat4Az2hx548LNATvF637TwaZZK9ybU8PSCxgryi\
                Nhs9Tv8jOkDAmrzCzZi62ddwPAukEr7hetS8GXBWPWfYCz7mbZa96cW/PIbYSj3a0d49weQGveUnVb2IzKY7yzmHPYUk071v8IW8\
                1OXePAUes7y3Mhc9Fp3RPLByqDzE3S898mX9O2S8jD3/h2U9
                """),
    ]

    /// The vector's components.
    var vector: [Float] {
        var bits = 0
        var held = 0
        var bytes: [UInt8] = []
        for character in base64.utf8 {
            let value: Int
            switch character {
            case 0x41...0x5A: value = Int(character) - 0x41
            case 0x61...0x7A: value = Int(character) - 0x61 + 26
            case 0x30...0x39: value = Int(character) - 0x30 + 52
            case 0x2B: value = 62
            case 0x2F: value = 63
            default: continue
            }
            bits = bits << 6 | value
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> held))
                bits &= 1 << held - 1
            }
        }
        return stride(from: 0, to: bytes.count - 3, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) })
        }
    }
}
